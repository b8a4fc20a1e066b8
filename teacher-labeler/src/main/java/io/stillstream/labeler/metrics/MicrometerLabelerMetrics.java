package io.stillstream.labeler.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.labeler.batching.BatchCloseReason;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.metrics.PipelineAgeTimer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The labeler's metrics as Micrometer meters; docs/metrics.md lists them. */
public final class MicrometerLabelerMetrics implements LabelerMetrics {
  /** Labelled views with a known truth over which scores and loss are taken. */
  private static final int TRUTH_WINDOW = 10_000;

  private static final int NOT_CAPPED = 0;

  private final Counter views;
  private final Counter labeled;
  private final Counter overBudget;
  private final Map<ViewResult.Reason, Counter> rejected;
  private final Map<BatchCloseReason, Counter> closed;
  private final Map<Recovery, Counter> recoveries;
  private final DistributionSummary batchSize;
  private final Timer inference;
  private final Timer commit;
  private final PipelineAgeTimer age;
  private final RunningMean accuracy = new RunningMean(TRUTH_WINDOW);
  private final RunningMean loss = new RunningMean(TRUTH_WINDOW);
  private final ConfusionWindow pixels = new ConfusionWindow(TRUTH_WINDOW);
  private final TeacherAugmentationMeters augmentation;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger suspects = new AtomicInteger();
  private final Map<String, AtomicInteger> caps = new ConcurrentHashMap<>();
  private final MeterRegistry registry;

  /**
   * @param capacity polled views beyond which nothing more is fetched
   */
  public MicrometerLabelerMetrics(MeterRegistry registry, int capacity) {
    this.registry = registry;
    views =
        Counter.builder("teacher.views")
            .description("Views settled: labelled, passed over or rejected, and committed")
            .register(registry);
    labeled =
        Counter.builder("teacher.labeled")
            .description("Views labelled and committed")
            .register(registry);
    overBudget =
        Counter.builder("teacher.passed.over")
            .description("Views that the label budget does not cover, committed")
            .register(registry);
    rejected =
        counters(
            ViewResult.Reason.class,
            reason ->
                Counter.builder("teacher.rejected")
                    .description("Views that went to dead letters, committed")
                    .tag("reason", reason.tag())
                    .register(registry));
    closed =
        counters(
            BatchCloseReason.class,
            reason ->
                Counter.builder("teacher.batch.closed")
                    .description("Batches by the reason for which they closed")
                    .tag("reason", tag(reason))
                    .register(registry));
    recoveries =
        counters(
            Recovery.class,
            kind ->
                Counter.builder("teacher.recoveries")
                    .description("Transactions given up, whose views are read again")
                    .tag("kind", tag(kind))
                    .register(registry));
    batchSize =
        DistributionSummary.builder("teacher.batch.size")
            .description("Views in a batch")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
            .register(registry);
    inference =
        Timer.builder("teacher.inference.duration")
            .description("One batch through the teacher")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofMillis(1), Duration.ofSeconds(30)))
            .register(registry);
    commit =
        Timer.builder("teacher.commit.duration")
            .description("One transaction committed, while nothing else is sent or fetched")
            .register(registry);
    age = new PipelineAgeTimer(registry, "labeled");
    augmentation = new TeacherAugmentationMeters(registry);
    Gauge.builder("teacher.accuracy", accuracy::value)
        .description("Share of views with a known class on which the teacher is right")
        .register(registry);
    Gauge.builder("teacher.pixel.accuracy", pixels::pixelAccuracy)
        .description("Share of pixels with a known class on which the teacher is right")
        .register(registry);
    Gauge.builder("teacher.mean.iou", pixels::meanIou)
        .description("Mean intersection over union of the teacher's classes, over views with masks")
        .register(registry);
    Gauge.builder("teacher.loss", loss::value)
        .description("Cross entropy of the teacher, in nats, over views with a known truth")
        .register(registry);
    Gauge.builder("teacher.queue.pending", pending::get)
        .description("Views fetched that have neither label nor dead letter yet")
        .register(registry);
    Gauge.builder("teacher.queue.capacity", () -> capacity)
        .description("Views beyond which nothing more is fetched")
        .register(registry);
    Gauge.builder("teacher.suspects", suspects::get)
        .description("Views in hand when a process died, to be tried alone")
        .register(registry);
  }

  @Override
  public void batchClosed(BatchCloseReason reason, int size) {
    closed.get(reason).increment();
    batchSize.record(size);
  }

  @Override
  public void inference(Duration took) {
    inference.record(took);
  }

  @Override
  public void committed(Duration took) {
    commit.record(took);
  }

  @Override
  public void labeled(Duration sinceCapture) {
    views.increment();
    labeled.increment();
    age.record(sinceCapture);
  }

  @Override
  public void overBudget(Duration sinceCapture) {
    views.increment();
    overBudget.increment();
    age.record(sinceCapture);
  }

  @Override
  public void rejected(ViewResult.Reason reason) {
    views.increment();
    rejected.get(reason).increment();
  }

  @Override
  public void checkedAgainstTruth(boolean correct) {
    accuracy.add(correct ? 1 : 0);
  }

  @Override
  public void lossAgainstTruth(double crossEntropy) {
    loss.add(crossEntropy);
  }

  @Override
  public void pixelsAgainstTruth(MaskTruth.Evaluation evaluation) {
    pixels.add(evaluation);
  }

  @Override
  public void augmentation(List<OperationStrength> keys, ViewAnswers answers) {
    augmentation.add(keys, answers);
  }

  @Override
  public void recovered(Recovery kind) {
    recoveries.get(kind).increment();
  }

  @Override
  public void pending(int waiting) {
    pending.set(waiting);
  }

  @Override
  public void batchCap(String device, int cap) {
    caps.computeIfAbsent(device, this::capGauge).set(cap);
  }

  @Override
  public void suspects(int known) {
    suspects.set(known);
  }

  private AtomicInteger capGauge(String device) {
    AtomicInteger cap = new AtomicInteger(NOT_CAPPED);
    Gauge.builder("teacher.batch.cap", () -> cap.get() == NOT_CAPPED ? Double.NaN : cap.get())
        .description("Views that a device is asked at once because it ran out of memory")
        .tag("device", device)
        .register(registry);
    return cap;
  }

  private static <E extends Enum<E>> Map<E, Counter> counters(
      Class<E> kinds, Function<E, Counter> counter) {
    Map<E, Counter> counters = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      counters.put(kind, counter.apply(kind));
    }
    return counters;
  }

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
