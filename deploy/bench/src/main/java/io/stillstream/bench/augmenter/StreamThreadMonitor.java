package io.stillstream.bench.augmenter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Measures the work of the stream threads of this JVM, and their processor time. */
final class StreamThreadMonitor {
  private static final String NAME = "-StreamThread-";
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Counter images;
  private final Supplier<Health> health;

  /**
   * State at one time.
   *
   * @param images done since the service started
   * @param cpuNanos processor time of all stream threads since they started
   */
  record Sample(long images, long cpuNanos, long nanoTime) {
    WorkloadResult since(Sample before) {
      return new WorkloadResult(
          images - before.images, cpuNanos - before.cpuNanos, nanoTime - before.nanoTime);
    }
  }

  /**
   * @param meters of the service
   * @param health of the service
   */
  StreamThreadMonitor(MeterRegistry meters, Supplier<Health> health) {
    this.images = meters.counter("augmenter.images");
    this.health = health;
  }

  /**
   * Waits until so many images are done.
   *
   * @throws StartupException if the service fails before
   */
  Sample await(long count) {
    while (images.count() < count) {
      if (!health.get().live()) {
        throw new StartupException("the augmenter failed: " + health.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    long cpuNanos = ProcessCpuTime.nanosOfThreads(name -> name.contains(NAME));
    return new Sample(Math.round(images.count()), cpuNanos, System.nanoTime());
  }
}
