package io.stillstream.trainer.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.page.trainer.TrainerQueries;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.trainer.predict.ChampionPredictor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the page shows of the training, read from meters and {@link LoopMonitor}, so that the loop
 * never waits for a reader.
 */
public final class DashboardData implements TrainerQueries {
  /** A larger matrix is unreadable, and takes its square in memory. */
  private static final int MOST_CLASSES = 100;

  private final LoopMonitor monitor;
  private final ChampionPredictor predictor;
  private final ReleaseList releases;
  private final MeterRegistry meters;
  private volatile ModelSpec model;

  public DashboardData(
      LoopMonitor monitor,
      ChampionPredictor predictor,
      ReleaseList releases,
      MeterRegistry meters) {
    this.monitor = monitor;
    this.predictor = predictor;
    this.releases = releases;
    this.meters = meters;
  }

  /** Sets the model that is trained; to be called before any query. */
  public void began(ModelSpec trainedModel) {
    model = trainedModel;
  }

  @Override
  public String student() {
    return model.name();
  }

  @Override
  public List<String> classes() {
    return model.classes();
  }

  @Override
  public TrainingStatus standing() {
    TrainerStatus status = monitor.status().get();
    Timer age = meters.find("pipeline.age").tag("stage", "trained").timer();
    return new TrainingStatus(
        status.steps(),
        status.viewsSeen(),
        gauge(meters.find("student.loss").tag("kind", "total").gauge()),
        gauge("student.prequential.accuracy"),
        gauge("student.prequential.teacher.accuracy"),
        gauge("student.teacher.agreement"),
        gauge("student.learning.rate"),
        gauge("student.buffer.views"),
        (double) status.lag(),
        age == null ? 0 : age.count(),
        age == null ? 0 : age.totalTime(TimeUnit.MILLISECONDS));
  }

  private double gauge(String name) {
    return gauge(meters.find(name).gauge());
  }

  private static double gauge(Gauge gauge) {
    return gauge == null ? Double.NaN : gauge.value();
  }

  @Override
  public Optional<int[][]> confusion() {
    return classes().size() > MOST_CLASSES ? Optional.empty() : monitor.confusion().request();
  }

  @Override
  public Optional<double[]> predict(byte[] hwc, int height, int width, int channels)
      throws InterruptedException {
    try {
      return predictor.probabilities(hwc, height, width, channels);
    } catch (InvalidImageException e) {
      // Larger than the limit for predictions.
      return Optional.empty();
    }
  }

  @Override
  public List<ReleaseSummary> releases() throws IOException {
    return releases.newest();
  }
}
