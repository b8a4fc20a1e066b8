package io.stillstream.trainer.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.trace.ImageTraceBuilder;
import io.stillstream.trainer.trace.ImageTraceSettings;
import io.stillstream.trainer.training.accuracy.Measure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/**
 * What the trainer answers about its training: {@code GET /training}, {@code /training/confusion},
 * {@code /training/augmentation}, {@code /trace}, and about its releases, see {@link
 * ReleaseEndpoints}. All but traces are read from meters, {@link LoopMonitor} and files, so the
 * loop never waits for a client. Before {@link #begin}, all are answered with 503.
 */
public final class TrainerEndpoints {
  /** A larger matrix takes its square in memory. */
  private static final int MOST_CLASSES = 100;

  private static final int LONGEST_ID = 4_000;

  /** How far back a trace searches. */
  private static final ImageTraceSettings.Search SEARCH =
      new ImageTraceSettings.Search(200_000, Duration.ofSeconds(20));

  private static final Duration TRACE_WAIT = Duration.ofSeconds(10);

  /** One at a time: each may hold a segment of the ledger in memory. */
  private final Semaphore traces = new Semaphore(1);

  private final TrainerConfig config;
  private final LoopMonitor monitor;
  private final ReleaseEndpoints releases;
  private final MeterRegistry meters;
  private volatile ModelSpec model;

  /**
   * @param promotions reaches the loop
   */
  public TrainerEndpoints(
      TrainerConfig config,
      LoopMonitor monitor,
      ReleaseStore store,
      PromotionRequests promotions,
      MeterRegistry meters) {
    this.config = config;
    this.monitor = monitor;
    this.releases = new ReleaseEndpoints(store, promotions, () -> Optional.ofNullable(model));
    this.meters = meters;
  }

  /** Sets the model that is trained, and starts to answer. */
  public void begin(ModelSpec trained) {
    model = trained;
  }

  /** For the management port. */
  public List<HttpEndpoint> all() {
    return Stream.concat(
            Stream.of(
                endpoint("/training", request -> Reply.ok(state())),
                endpoint("/training/confusion", request -> confusion()),
                endpoint("/training/augmentation", request -> augmentation()),
                endpoint("/trace", this::trace)),
            releases.all().stream())
        .toList();
  }

  private HttpEndpoint endpoint(String path, HttpEndpoint.Handler handler) {
    return new HttpEndpoint(
        "GET",
        path,
        0,
        request -> model == null ? Reply.error(503, "starting") : handler.handle(request));
  }

  private TrainingState state() {
    ModelTask task = model.task();
    TrainerStatus status = monitor.status().get();
    Timer age = meters.find("stillstream.pipeline.age").tag("stage", "trained").timer();
    return new TrainingState(
        model.name(),
        task.key(),
        model.classes(),
        status.steps(),
        status.viewsSeen(),
        value(meters.find("student.loss").tag("kind", "total").gauge()),
        value(Measure.prequential(task).meter()),
        Measure.ofTeacher(task).map(measure -> value(measure.meter())).orElse(null),
        value(Measure.agreement(task).meter()),
        value("student.learning.rate"),
        value("student.buffer.views"),
        status.lag(),
        age == null ? 0 : age.count(),
        age == null ? 0 : age.totalTime(TimeUnit.MILLISECONDS),
        status.backlog(),
        config.batch().size(),
        TrainingTime.of(meters));
  }

  private Double value(String name) {
    return value(meters.find(name).gauge());
  }

  /** Null for NaN too, which JSON does not know. */
  private static Double value(Gauge gauge) {
    return gauge == null || !Double.isFinite(gauge.value()) ? null : (Double) gauge.value();
  }

  private Reply confusion() {
    if (model.task() == ModelTask.EMBEDDING) {
      return Reply.error(404, "there is no matrix for embeddings: they have no classes");
    }
    if (model.classes().size() > MOST_CLASSES) {
      return Reply.error(404, "there is no matrix for more than " + MOST_CLASSES + " classes");
    }
    return monitor
        .confusion()
        .request()
        .map(counts -> Reply.ok(Map.of("classes", model.classes(), "counts", counts)))
        .orElseGet(() -> Reply.error(404, "there is no matrix yet"));
  }

  private Reply augmentation() {
    return Reply.ok(
        Map.of("rows", monitor.augmentation().rows().stream().map(AugmentationEntry::of).toList()));
  }

  private Reply trace(Request request) throws InterruptedException {
    String image = request.parameter("image").orElse("");
    if (image.isEmpty() || image.length() > LONGEST_ID) {
      return Reply.error(
          400, "image must have 1 to " + LONGEST_ID + " characters, had " + image.length());
    }
    ImageTraceSettings settings = config.trace(config.topics().images(), model, SEARCH);
    if (!traces.tryAcquire(TRACE_WAIT.toSeconds(), TimeUnit.SECONDS)) {
      return Reply.error(503, "another trace is being made, try again later");
    }
    try {
      return new ImageTraceBuilder(settings)
          .trace(image)
          .map(Reply::ok)
          .orElseGet(() -> Reply.error(404, "nothing is known of image " + image));
    } catch (KafkaException e) {
      return Reply.error(503, "broker or registry is away: " + e.getMessage());
    } finally {
      traces.release();
    }
  }
}
