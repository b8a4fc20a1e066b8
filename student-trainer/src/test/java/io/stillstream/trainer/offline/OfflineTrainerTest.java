package io.stillstream.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineTrainerTest {
  private static final int BATCH = 32;
  private static final int CLASSES = 5;

  @TempDir Path directory;

  @Test
  void shouldLearnAsTheServiceDoes() {
    try (OfflineTrainer rehearsal = open()) {
      // when
      for (int batch = 0; batch < 40; batch++) {
        assertThat(rehearsal.train(views(batch * BATCH, (batch + 1) * BATCH))).hasSize(4);
      }

      // then
      assertThat(rehearsal.steps()).isEqualTo(160);
      assertThat(rehearsal.window().size()).isEqualTo(40 * BATCH / 2);
      List<LabeledView> unseen = views(100_000, 100_200);
      float[] logits = rehearsal.predict(unseen);
      assertThat(logits).hasSize(200 * CLASSES);
      long right =
          IntStream.range(0, 200)
              .filter(i -> top(logits, i) == unseen.get(i).getView().getLabel().getPrimary())
              .count();
      assertThat(right).isGreaterThan(180);
    }
  }

  @Test
  void shouldRefuseWhatTheServiceWouldPutAside() {
    try (OfflineTrainer rehearsal = open()) {
      assertThatThrownBy(() -> rehearsal.train(List.of(LabeledViewFixtures.view(1, 7))))
          .isInstanceOf(BadRecordException.class)
          .hasMessageContaining("the teacher gave 7 logits, the student has 5 classes");
    }
  }

  @Test
  void shouldHaveItsDirectoryForItself() {
    try (OfflineTrainer rehearsal = open()) {
      assertThat(rehearsal.steps()).isZero();
      assertThatThrownBy(this::open)
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("another trainer is at work in " + directory);
    }
  }

  @Test
  void shouldRefuseADeviceThatIsNotThere() {
    // when
    assertThatThrownBy(() -> open("device: gpu999"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("device: there is no gpu999: libtorch sees ");

    // then: nothing is left open
    try (OfflineTrainer rehearsal = open()) {
      assertThat(rehearsal.steps()).isZero();
    }
  }

  @Test
  void shouldTrainInTheConfiguredPrecision() {
    // given
    List<LabeledView> fresh = views(0, BATCH);
    double loss;
    try (OfflineTrainer rehearsal = open()) {
      loss = rehearsal.train(fresh).get(0).loss();
    }

    // when
    try (OfflineTrainer rehearsal = open("precision: bfloat16")) {
      // then: about the same, but not the same
      assertThat(rehearsal.train(fresh).get(0).loss())
          .isCloseTo(loss, within(0.02 * loss))
          .isNotEqualTo(loss);
    }
  }

  private OfflineTrainer open(String... settings) {
    TrainerConfig config =
        YamlSettings.parse(
            """
            kafka: {}
            student: src/test/resources/students/cnn
            directory: "%s"
            batch: {size: 32}
            %s
            """
                .formatted(directory, String.join("\n", settings)),
            TrainerConfig.class,
            Map.of());
    return OfflineTrainer.open(config, new SimpleMeterRegistry());
  }

  private static List<LabeledView> views(int from, int to) {
    return IntStream.range(from, to).mapToObj(LabeledViewFixtures::view).toList();
  }

  private static int top(float[] logits, int row) {
    int top = 0;
    for (int k = 1; k < CLASSES; k++) {
      top = logits[row * CLASSES + k] > logits[row * CLASSES + top] ? k : top;
    }
    return top;
  }
}
