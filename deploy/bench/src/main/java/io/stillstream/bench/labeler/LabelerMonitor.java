package io.stillstream.bench.labeler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.Service;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/** Reads from its meters how far a labeler is. */
final class LabelerMonitor {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int POLLS = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Service labeler;
  private final MeterRegistry meters;

  LabelerMonitor(Service labeler, MeterRegistry meters) {
    this.labeler = labeler;
    this.meters = meters;
  }

  /** Labels that are committed. */
  long labeled() {
    return Math.round(meters.counter("teacher.labeled").count());
  }

  /** Views in a batch, on average. */
  double fill() {
    return meters.get("teacher.batch.size").summary().mean();
  }

  /** Waits for so many committed labels; it is the moment of a commit when this returns. */
  void awaitLabeled(long count) {
    await(() -> meters.counter("teacher.labeled").count(), count);
    // The labels of a commit are counted one after the other.
    for (long before = -1; before != labeled(); LockSupport.parkNanos(PAUSE_NANOS)) {
      before = labeled();
    }
  }

  /** Waits until so many views are in batches that have closed. */
  void awaitBatched(long count) {
    await(() -> meters.get("teacher.batch.size").summary().totalAmount(), count);
  }

  private void await(DoubleSupplier value, long count) {
    double before = value.getAsDouble();
    long since = System.nanoTime();
    int polls = 0;
    for (double now = before; now < count; now = value.getAsDouble()) {
      if (now > before) {
        before = now;
        since = System.nanoTime();
      }
      // Not at every poll: health asks much, and on the processors that are measured.
      if (++polls % POLLS == 0 && !labeler.health().live()) {
        throw new StartupException("the labeler failed: " + labeler.health());
      }
      if (System.nanoTime() - since > PATIENCE_NANOS) {
        throw new StartupException(
            "the labeler stands still at %.0f of %d, %.0f views rejected: %s"
                .formatted(before, count, rejected(), labeler.health()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private double rejected() {
    return meters.find("teacher.rejected").counters().stream().mapToDouble(Counter::count).sum();
  }
}
