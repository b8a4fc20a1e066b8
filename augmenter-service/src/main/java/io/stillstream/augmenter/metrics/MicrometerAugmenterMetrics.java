package io.stillstream.augmenter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.PipelineAgeTimer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of docs/metrics.md. Thread-safe. */
public final class MicrometerAugmenterMetrics implements AugmenterMetrics {
  private final MeterRegistry registry;
  private final Counter images;
  private final Counter views;
  private final Timer duration;
  private final PipelineAgeTimer age;
  private final Counter mixed;
  private final AtomicInteger recentImages = new AtomicInteger();
  private final AtomicLong recentImageBytes = new AtomicLong();
  private final AtomicInteger waitingForRegistry = new AtomicInteger();
  private final AtomicInteger waitingForStore = new AtomicInteger();

  /**
   * @param reasons for which records can be rejected
   */
  public MicrometerAugmenterMetrics(MeterRegistry registry, List<String> reasons) {
    this.registry = registry;
    images =
        Counter.builder("augmenter.images")
            .description("Images that became views")
            .register(registry);
    views = Counter.builder("augmenter.views").description("Views made").register(registry);
    duration =
        Timer.builder("augmenter.duration")
            .description("Time from an image's bytes to the bytes of all its views")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofNanos(100_000), Duration.ofSeconds(10)))
            .register(registry);
    mixed =
        Counter.builder("augmenter.mixed")
            .description("Views that hold a second image")
            .register(registry);
    Gauge.builder("augmenter.partners.images", recentImages, AtomicInteger::get)
        .description("Recent images that are kept to be mixed in")
        .register(registry);
    Gauge.builder("augmenter.partners.bytes", recentImageBytes, AtomicLong::get)
        .description("Bytes of the recent images that are kept to be mixed in")
        .baseUnit("bytes")
        .register(registry);
    age = new PipelineAgeTimer(registry, "augmented");
    Gauge.builder("augmenter.registry.waiting", waitingForRegistry, AtomicInteger::get)
        .description("Threads that wait for the schema registry")
        .register(registry);
    Gauge.builder("augmenter.store.waiting", waitingForStore, AtomicInteger::get)
        .description("Threads that wait for the store of an object")
        .register(registry);
    // A counter that appears with its first increment hides that increment from rate().
    reasons.forEach(this::rejections);
  }

  @Override
  public void augmented(int count, Duration took, Duration imageAge) {
    images.increment();
    views.increment(count);
    duration.record(took);
    age.record(imageAge);
  }

  @Override
  public void rejected(String reason) {
    rejections(reason).increment();
  }

  @Override
  public void mixed(int count) {
    mixed.increment(count);
  }

  @Override
  public void recentImagesChanged(int images, long bytes) {
    recentImages.addAndGet(images);
    recentImageBytes.addAndGet(bytes);
  }

  @Override
  public void waitingForRegistry(int change) {
    waitingForRegistry.addAndGet(change);
  }

  @Override
  public void waitingForStore(int change) {
    waitingForStore.addAndGet(change);
  }

  private Counter rejections(String reason) {
    return Counter.builder("augmenter.rejected")
        .description("Records that went to dead letters")
        .tag("reason", reason)
        .register(registry);
  }
}
