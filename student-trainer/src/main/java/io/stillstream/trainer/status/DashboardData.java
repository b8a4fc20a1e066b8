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
 * What the page sees of the training: what it tells of itself in meters and in {@link
 * TrainerStatus}, so that nothing waits for anybody who looks.
 */
public final class DashboardData implements TrainerQueries {
  /** A matrix of more has nothing to read in it, and takes its square in memory. */
  private static final int MOST_CLASSES = 100;

  private final TrainerStatus progress;
  private final ChampionPredictor predictor;
  private final ReleaseList releases;
  private final MeterRegistry meters;
  private volatile ModelSpec model;

  public DashboardData(
      TrainerStatus progress,
      ChampionPredictor predictor,
      ReleaseList releases,
      MeterRegistry meters) {
    this.progress = progress;
    this.predictor = predictor;
    this.releases = releases;
    this.meters = meters;
  }

  /** It is this model that is trained; nothing is asked before. */
  public void began(ModelSpec trained) {
    model = trained;
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
    Timer age = meters.find("pipeline.age").tag("stage", "trained").timer();
    return new TrainingStatus(
        progress.steps(),
        progress.viewsSeen(),
        gauge(meters.find("student.loss").tag("kind", "total").gauge()),
        gauge("student.prequential.accuracy"),
        gauge("student.prequential.teacher.accuracy"),
        gauge("student.teacher.agreement"),
        gauge("student.learning.rate"),
        gauge("student.buffer.views"),
        (double) progress.lag(),
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
    return classes().size() > MOST_CLASSES ? Optional.empty() : progress.confusion();
  }

  @Override
  public Optional<double[]> predict(byte[] hwc, int height, int width, int channels)
      throws InterruptedException {
    try {
      return predictor.probabilities(hwc, height, width, channels);
    } catch (InvalidImageException e) {
      // Larger than predictions may be about.
      return Optional.empty();
    }
  }

  @Override
  public List<ReleaseSummary> releases() throws IOException {
    return releases.newest();
  }
}
