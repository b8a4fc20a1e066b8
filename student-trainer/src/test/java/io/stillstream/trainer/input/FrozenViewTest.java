package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.FrozenRecords;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.Teacher;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views as earlier versions wrote them: labelled, passed over, and of the topic of all views. */
class FrozenViewTest {
  private static final byte[] PIXELS = {0, 127, -128, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  @TempDir Path directory;
  private DevelopmentRegistry registry;

  @BeforeEach
  void start() {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void shouldReadALabelledViewOfAnEarlierVersion() throws Exception {
    // when
    TrainingExample view = read("labeled-views", "LabeledView", "v1");

    // then
    assertIsTheFrozenView(view);
    assertThat(view.logits()).containsExactly(0.5f, -1.25f, 3f);
    assertThat(view.teacher())
        .isEqualTo(
            TeacherFingerprint.of(
                List.of(
                    new Teacher("resnet16", "1", "ef".repeat(32), 0.75, null),
                    new Teacher("vit", "2", "fe".repeat(32), 0.25, null))));
  }

  @Test
  void shouldReadAViewThatAnEarlierVersionPassedOver() throws Exception {
    // when
    TrainingExample view = read("labeled-views", "LabeledView", "v1-2");

    // then
    assertIsTheFrozenView(view);
    assertThat(view.logits()).isNull();
    assertThat(view.teacher()).isZero();
  }

  @Test
  void shouldReadAViewOfAnEarlierVersion() throws Exception {
    // when
    TrainingExample view = read("views", "AugmentedView", "v1");

    // then
    assertIsTheFrozenView(view);
    assertThat(view.logits()).isNull();
  }

  private static void assertIsTheFrozenView(TrainingExample view) {
    assertThat(view.pixels()).isEqualTo(PIXELS);
    assertThat(view.target()).contains(new LabelTarget(2, 1, 0.75f));
    assertThat(view.image()).isEqualTo(ImageIdHash.of("img-1").number());
    assertThat(view.partner()).isEqualTo(ImageIdHash.of("img-0").number());
    assertThat(view.identity().index()).isEqualTo(2);
    assertThat(view.identity().views()).isEqualTo(4);
  }

  private TrainingExample read(String topic, String type, String name) throws Exception {
    byte[] value = new FrozenRecords(Path.of(".."), registry.url()).value(topic, type, name);
    TrainerConfig config =
        YamlSettings.parse(
            """
            kafka: {bootstrap.servers: "localhost:1", schema.registry.url: "%s"}
            student: unused
            directory: unused
            input: %s
            loss: {kind: cross-entropy}
            """
                .formatted(registry.url(), topic),
            TrainerConfig.class,
            Map.of());
    try (ViewRecordReader reader = ViewRecordReader.open(config, new SimpleMeterRegistry())) {
      ModelSpec student = student();
      return new LabeledViewValidator(student, new BatchBuilder(student, 0.9))
          .validate(reader.read(new ConsumerRecord<>(topic, 0, 0, null, value)));
    }
  }

  /** Takes the frozen views; nothing here runs its file. */
  private ModelSpec student() throws Exception {
    Files.writeString(
        directory.resolve("student.yaml"),
        """
        name: small
        version: "1"
        input: {height: 4, width: 4, channels: 1, type: float}
        classes: [a, b, c]
        """);
    Files.writeString(directory.resolve("model.pt"), "not loaded");
    return ModelSpec.load(directory, "student");
  }
}
