package io.stillstream.augmenter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.augmenter.image.RejectionReason;
import io.stillstream.runtime.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The meters, by the names of README.md. Thread-safe. */
final class MicrometerMetrics implements AugmenterMetrics {
  /** Reasons besides those of the images themselves. */
  private static final List<String> RECORD_REASONS =
      List.of("malformed", "wrong_type", ImageToViews.TOO_LARGE, ImageToViews.FAILED);

  private final MeterRegistry registry;
  private final Counter images;
  private final Counter views;
  private final Timer duration;
  private final Timer age;
  private final AtomicInteger waiting = new AtomicInteger();

  MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
    images =
        Counter.builder("augmenter.images")
            .description("Images that became views")
            .register(registry);
    views = Counter.builder("augmenter.views").description("Views made").register(registry);
    duration =
        Timer.builder("augmenter.duration")
            .description("Time from an image's bytes to the bytes of all its views")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofNanos(10_000))
            .maximumExpectedValue(Duration.ofSeconds(10))
            .register(registry);
    age = Metrics.ageTimer(registry, "augmented");
    Gauge.builder("augmenter.registry.waiting", waiting, AtomicInteger::get)
        .description("Threads that wait for the schema registry")
        .register(registry);
    // A counter that appears with its first increment hides that increment from rate().
    Stream.concat(
            Stream.of(RejectionReason.values()).map(RejectionReason::tag), RECORD_REASONS.stream())
        .forEach(this::rejections);
  }

  @Override
  public void augmented(int count, Duration took, Duration imageAge) {
    images.increment();
    views.increment(count);
    duration.record(took);
    // Clocks of cameras run ahead now and then; a timer takes no negative times.
    age.record(imageAge.isNegative() ? Duration.ZERO : imageAge);
  }

  @Override
  public void rejected(String reason) {
    rejections(reason).increment();
  }

  @Override
  public void waitingForRegistry(int change) {
    waiting.addAndGet(change);
  }

  private Counter rejections(String reason) {
    return Counter.builder("augmenter.rejected")
        .description("Records that went to dead letters")
        .tag("reason", reason)
        .register(registry);
  }
}
