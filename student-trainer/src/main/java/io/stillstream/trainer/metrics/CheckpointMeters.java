package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;

/** Meters of writing checkpoints. */
final class CheckpointMeters {
  private static final String BYTES = "student.checkpoint.bytes";
  private static final int DECADES = 10_000;

  private final Timer duration;
  private final Timer stall;
  private final Counter failures;
  private final DistributionSummary files;
  private final DistributionSummary segment;

  CheckpointMeters(MeterRegistry registry) {
    duration =
        timer(
            registry,
            "student.checkpoint.duration",
            "From the beginning of a checkpoint until it is durable",
            10);
    stall =
        timer(registry, "student.checkpoint.stall", "How long training waited for a checkpoint", 1);
    failures =
        Counter.builder("student.checkpoint.failures")
            .description("Checkpoints that failed")
            .register(registry);
    files = bytes(registry, "files");
    segment = bytes(registry, "segment");
  }

  private static DistributionSummary bytes(MeterRegistry registry, String kind) {
    return DistributionSummary.builder(BYTES)
        .description("Written by a checkpoint")
        .baseUnit("bytes")
        .tag("kind", kind)
        .register(registry);
  }

  private static Timer timer(
      MeterRegistry registry, String name, String description, long shortestMillis) {
    Duration from = Duration.ofMillis(shortestMillis);
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(ServiceMetrics.buckets(from, from.multipliedBy(DECADES)))
        .register(registry);
  }

  void durable(Duration took) {
    duration.record(took);
  }

  void written(long fileBytes, long segmentBytes) {
    files.record((double) fileBytes);
    segment.record((double) segmentBytes);
  }

  void stalled(Duration took) {
    stall.record(took);
  }

  void failed() {
    failures.increment();
  }
}
