package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.trainer.replica.ReplicaMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The store's metrics as meters, which are there without a store, too. */
public final class MicrometerReplicaMetrics implements ReplicaMetrics {
  private final InstantSource clock;
  private final Timer duration;
  private final Counter bytes;
  private final Counter failures;
  private volatile Optional<Instant> since = Optional.empty();
  private volatile long steps;

  public MicrometerReplicaMetrics(MeterRegistry registry, InstantSource clock) {
    this.clock = clock;
    duration =
        Timer.builder("student.store.duration")
            .description("Copying a checkpoint to the store")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofMillis(10), Duration.ofSeconds(1000)))
            .register(registry);
    bytes =
        Counter.builder("student.store.bytes")
            .description("Of checkpoints that were copied to the store")
            .baseUnit("bytes")
            .register(registry);
    failures =
        Counter.builder("student.store.failures")
            .description("Attempts to copy to the store that failed")
            .register(registry);
    TimeGauge.builder(
            "student.store.lag", this, TimeUnit.MILLISECONDS, MicrometerReplicaMetrics::lag)
        .description("Since when something durable is not in the store; 0 if all is there")
        .register(registry);
    Gauge.builder("student.store.lag.steps", () -> (double) steps)
        .description("Steps by which the store's newest checkpoint is behind the directory's")
        .register(registry);
  }

  private double lag() {
    Duration lag = since.map(time -> Duration.between(time, clock.instant())).orElse(Duration.ZERO);
    return lag.isNegative() ? 0 : (double) lag.toMillis();
  }

  @Override
  public void copied(Duration took, long ofBytes) {
    duration.record(took);
    bytes.increment((double) ofBytes);
  }

  @Override
  public void failed() {
    failures.increment();
  }

  @Override
  public void behind(Optional<Instant> notCopiedSince, long bySteps) {
    since = notCopiedSince;
    steps = bySteps;
  }
}
