package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer learns the labels of views; the labeler takes its release as teacher. */
class TeacherFromLabelsIT {
  private static final int IMAGES = 4_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void shouldTrainATeacherThatTheLabelerTakes() throws Exception {
    IdxLabeledImages images =
        IdxLabeledImages.load(Path.of("../data/fashion-mnist"), IdxLabeledImages.Split.TRAIN);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        DevelopmentRegistry registry =
            DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
      Map<String, String> clients =
          Map.of(
              "bootstrap.servers", kafka.bootstrapServers(),
              "schema.registry.url", registry.url().toString());
      String yaml =
          """
          kafka: {bootstrap.servers: "%s", schema.registry.url: "%s", auto.offset.reset: earliest}
          management: {port: 0}
          """
              .formatted(kafka.bootstrapServers(), registry.url());
      try (TopicsAdmin admin = new TopicsAdmin(clients)) {
        admin.create(
            Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).toList(),
            Optional.of(1));
      }
      // given
      send(images, clients);

      // when
      Path release = train(yaml);
      label(yaml, release, clients);

      // then
      List<LabeledView> labelled = labelled(clients);
      assertThat(labelled).hasSize(IMAGES);
      assertThat(labelled.get(0).getTeachers()).hasSize(1);
      assertThat(labelled.get(0).getTeachers().get(0).getName()).isEqualTo("mlp128");
      assertThat(labelled.get(0).getTeachers().get(0).getVersion()).isEqualTo("1");
      assertThat(labelled.stream().filter(TeacherFromLabelsIT::isRight).count())
          .as("right of %d; by chance 400", IMAGES)
          .isGreaterThan(2_800);
    }
  }

  private Path train(String yaml) {
    TrainerConfig config =
        YamlSettings.parse(
            yaml
                + """
                student: ../models/mlp128
                directory: %s
                input: views
                loss: {kind: cross-entropy, label-smoothing: 0.05}
                batch: {max-delay: 200ms}
                """
                    .formatted(directory.resolve("trainer")),
            TrainerConfig.class,
            Map.of());
    TrainerService trainer = new TrainerService(config, meters);
    try (trainer) {
      trainer.start();
      Awaitility.await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == IMAGES);
    }
    assertThat(trainer.releaseVersion()).isEqualTo(1);
    return trainer.currentRelease();
  }

  private void label(String yaml, Path release, Map<String, String> clients) {
    LabelerConfig config =
        YamlSettings.parse(yaml + "teacher: " + release, LabelerConfig.class, Map.of());
    try (LabelerService labeler = new LabelerService(config, meters)) {
      labeler.start();
      Awaitility.await().atMost(PATIENCE).until(() -> records(clients).size() >= IMAGES);
    }
  }

  private static boolean isRight(LabeledView view) {
    float[] logits = FloatArrays.toArray(view.getLogits());
    int top = 0;
    for (int k = 1; k < logits.length; k++) {
      top = logits[k] > logits[top] ? k : top;
    }
    return top == view.getView().getLabel().getPrimary();
  }

  private List<LabeledView> labelled(Map<String, String> clients) {
    try (RecordValueDeserializer<LabeledView> reader =
        new RecordValueDeserializer<>(LabeledView.class, clients, meters)) {
      return records(clients).stream()
          .map(record -> reader.deserialize(record.topic(), record.headers(), record.value()))
          .toList();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(Map<String, String> clients) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients, Topics.LABELED_VIEWS)) {
      reader.readAll(records::add);
    }
    return records;
  }

  private void send(IdxLabeledImages images, Map<String, String> clients) {
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients, Map.of("linger.ms", "20")));
        RecordValueSerializer<AugmentedView> writer =
            new RecordValueSerializer<>(clients, meters)) {
      for (int i = 0; i < IMAGES; i++) {
        AugmentedView view =
            AugmentedView.newBuilder()
                .setLineage(
                    new Lineage(
                        "images", 0, (long) i, "image-" + i, 0, 1, (long) i, "policy", null, null))
                .setRecipe(new Recipe(1, List.of(), null))
                .setEncoding(PixelEncoding.RAW)
                .setHeight(images.height())
                .setWidth(images.width())
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(images.pixels(i)))
                .setLabel(new Label(images.label(i), null, 1.0))
                .setCapturedAt(Instant.EPOCH)
                .setAugmentedAt(Instant.EPOCH)
                .build();
        var unused =
            producer.send(
                new ProducerRecord<>(
                    Topics.VIEWS,
                    ("image-" + i).getBytes(UTF_8),
                    writer.serialize(Topics.VIEWS, view)));
      }
      producer.flush();
    }
  }
}
