package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.Settings;
import io.stillstream.runtime.StartupException;
import io.stillstream.student.TrainerConfig.OnOffsetGap;
import io.stillstream.student.training.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerConfigTest {
  private static final String MINIMAL =
      """
      kafka: {bootstrap.servers: localhost:9092}
      student: models/cnn
      directory: data
      """;

  @Test
  void shouldHaveTheDefaultsThatWereMeasured() {
    // when
    TrainerConfig config = parse(MINIMAL);

    // then
    assertThat(config.recipe()).isEqualTo(new Recipe(4e-3, 1e-4, 5, 0.999, 4, 0.9, 42));
    assertThat(config.batch().size()).isEqualTo(128);
    assertThat(config.batch().maxDelay()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.updates()).isEqualTo(4);
    assertThat(config.buffer().views()).isEqualTo(100_000);
    assertThat(config.evaluation().images()).isEqualTo(2000);
    assertThat(config.checkpoint().every()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.checkpoint().keep()).isEqualTo(3);
    assertThat(config.release().everySteps()).isEqualTo(1000);
    assertThat(config.release().onStop()).isTrue();
    assertThat(config.release().keep()).isEqualTo(10);
    assertThat(config.onOffsetGap()).isEqualTo(OnOffsetGap.STOP);
    assertThat(config.threads()).isEqualTo(1);
    assertThat(config.groupId()).isEqualTo("student-trainer");
    assertThat(config.topics().labeledViews()).isEqualTo("labeled-views");
    assertThat(config.management().port()).isEqualTo(9403);
  }

  @Test
  void shouldReadTheSample() {
    // when
    TrainerConfig config =
        Settings.load(Path.of("../deploy/config/trainer.yaml"), TrainerConfig.class, Map.of());

    // then: it spells the defaults out
    TrainerConfig defaults = parse(MINIMAL);
    assertThat(config)
        .usingRecursiveComparison()
        .ignoringFields("kafka", "student", "directory")
        .isEqualTo(defaults);
    assertThat(config.kafka()).containsKeys("bootstrap.servers", "schema.registry.url");
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    assertThatThrownBy(
            () ->
                parse(
                    MINIMAL
                        + """
                        batch: {size: 1}
                        loss: {alpha: 2}
                        optimiser: {learning-rate: -1}
                        ema: {max-decay: 1}
                        checkpoint: {every: 0s}
                        release: {every-steps: 0}
                        bufer: {views: 1}
                        """))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("batch.size: must be at least 2, was 1")
        .hasMessageContaining("loss.alpha: must be within 0 and 1, was 2.0")
        .hasMessageContaining("optimiser.learning-rate: must be positive, was -1.0")
        .hasMessageContaining("ema.max-decay: must be at least 0 and below 1, was 1.0")
        .hasMessageContaining("checkpoint.every: must be positive, was 0ms")
        .hasMessageContaining("release.every-steps: must be at least 1, was 0")
        .hasMessageContaining("bufer: unknown key; did you mean buffer?");
  }

  private static TrainerConfig parse(String yaml) {
    return Settings.parse(yaml, TrainerConfig.class, Map.of());
  }
}
