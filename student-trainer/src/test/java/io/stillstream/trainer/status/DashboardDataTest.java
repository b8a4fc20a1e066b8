package io.stillstream.trainer.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.predict.ChampionPredictor;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.training.StepReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardDataTest {
  @TempDir static Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LoopMonitor monitor = LoopMonitor.create(System::nanoTime);
  private final ReleaseStore store = new ReleaseStore(directory, new DurableFiles());
  private final ChampionPredictor predictor =
      new ChampionPredictor(store, 1, 1000, Duration.ofSeconds(1));
  private final DashboardData shown =
      new DashboardData(monitor, predictor, new ReleaseList(store), meters);

  @AfterEach
  void close() {
    predictor.close();
  }

  @Test
  void shouldKnowNothingYetBeforeThereIsAnything() throws Exception {
    // when
    TrainingStatus standing = shown.standing();

    // then
    assertThat(standing.steps()).isZero();
    assertThat(standing.loss()).isNaN();
    assertThat(standing.studentAccuracy()).isNaN();
    assertThat(standing.buffered()).isNaN();
    assertThat(standing.aged()).isZero();
    assertThat(shown.predict(new byte[4], 2, 2, 1)).isEmpty();
    assertThat(shown.releases()).isEmpty();
  }

  @Test
  void shouldSayWhatTheMetersSay() {
    // given
    Instant now = Instant.ofEpochSecond(100);
    MicrometerTrainerMetrics metrics =
        new MicrometerTrainerMetrics(meters, InstantSource.fixed(now), List.of("a", "b"));

    // when
    metrics.stepTaken(new StepReport(2.5, 2, 1, 1, 0.004, false), Duration.ofMillis(3));
    metrics.buffered(640, 1);
    metrics.trained(now.minusMillis(200));
    metrics.trained(now.minusMillis(400));
    monitor.status().set(new TrainerStatus(12, 384, 0, false, true, 77));

    // then
    assertThat(shown.standing())
        .isEqualTo(
            new TrainingStatus(
                12, 384, 2.5, Double.NaN, Double.NaN, Double.NaN, 0.004, 640, 77, 2, 600));
  }

  @Test
  void shouldComputeTheConfusionMatrixOnlyAfterARequest() {
    // given
    shown.began(ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student"));
    int[][] counts = {{1}};
    AtomicInteger computed = new AtomicInteger();
    Supplier<Optional<int[][]>> matrix =
        () -> {
          computed.incrementAndGet();
          return Optional.of(counts);
        };

    // when
    monitor.confusion().updateIfRequested(matrix);

    // then
    assertThat(computed).hasValue(0);
    assertThat(shown.confusion()).isEmpty();

    // when: the window is empty, then it is not
    monitor.confusion().updateIfRequested(Optional::empty);
    monitor.confusion().updateIfRequested(matrix);
    monitor.confusion().updateIfRequested(matrix);

    // then
    assertThat(computed).hasValue(1);
    assertThat(shown.confusion().orElseThrow()).isDeepEqualTo(new int[][] {{1}});
  }
}
