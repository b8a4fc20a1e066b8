package io.stillstream.augmenter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The meters {@code augmenter.fetch.*} of docs/metrics.md. Thread-safe. */
public final class MicrometerFetchMetrics implements FetchMetrics {
  /** Results beside the reasons for which an object is rejected. */
  private static final List<String> RESULTS = List.of("ok", "unavailable", "cancelled", "failed");

  private final MeterRegistry registry;
  private final Timer duration;
  private final Timer wait;
  private final Counter retries;
  private final AtomicInteger objects = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param rejections for which objects can be rejected
   */
  public MicrometerFetchMetrics(MeterRegistry registry, List<String> rejections) {
    this.registry = registry;
    duration = timer("augmenter.fetch.duration", "Time to read an object, in vain or not");
    wait = timer("augmenter.fetch.wait", "Time that a stream thread waits for an object");
    retries =
        Counter.builder("augmenter.fetch.retries")
            .description("Objects that are read once more, since their store was unavailable")
            .register(registry);
    Gauge.builder("augmenter.fetch.objects.held", objects, AtomicInteger::get)
        .description("Objects that are read ahead or being read")
        .register(registry);
    Gauge.builder("augmenter.fetch.bytes.held", bytes, AtomicLong::get)
        .description("Bytes of the objects that are read ahead, or reserved for those being read")
        .baseUnit("bytes")
        .register(registry);
    // A counter that appears with its first increment hides that increment from rate().
    RESULTS.forEach(this::results);
    rejections.forEach(this::results);
  }

  @Override
  public void fetched(String result, Duration took) {
    results(result).increment();
    duration.record(took);
  }

  @Override
  public void retried() {
    retries.increment();
  }

  @Override
  public void waited(Duration took) {
    wait.record(took);
  }

  @Override
  public void held(int heldObjects, long heldBytes) {
    objects.set(heldObjects);
    bytes.set(heldBytes);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(
            ServiceMetrics.buckets(Duration.ofMillis(1), Duration.ofSeconds(100)))
        .register(registry);
  }

  private Counter results(String result) {
    return Counter.builder("augmenter.fetch.objects")
        .description("Objects that were read, and why others were not")
        .tag("result", result)
        .register(registry);
  }
}
