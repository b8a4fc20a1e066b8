package io.stillstream.bench.load.delivery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.bench.load.image.ImageSupplier;
import io.stillstream.bench.load.image.RunId;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/** Sends the images of a run, on the thread that calls. */
public final class LoadGenerator implements AutoCloseable {
  /** An image that is sent so much after it was due is late. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final RunId run;
  private final ImageSupplier supplier;
  private final DeliveryTracker tracker;
  private final ImageSender sender;

  /**
   * Opens the producer.
   *
   * @param kafka settings of the client and of the registry
   */
  public LoadGenerator(
      Map<String, String> kafka, RunId run, ImageSupplier supplier, DeliveryTracker tracker) {
    this.run = run;
    this.supplier = supplier;
    this.tracker = tracker;
    this.sender =
        new ImageSender(kafka, Topics.IMAGES, new SimpleMeterRegistry(), Optional.empty());
  }

  /**
   * What was sent.
   *
   * @param late images that left 100 ms or more after they were due
   * @param delayP99 by how much images left after they were due, milliseconds
   */
  public record Sent(long images, double seconds, long late, double delayP99) {
    /** Whether it was the generator that could not do more: then a result says nothing. */
    public boolean isLimit() {
      return late > images / 100;
    }
  }

  /**
   * Sends images when they are due, whatever becomes of them; what is late is sent at once, and
   * keeps the time at which it was due as the time of its capture.
   */
  public Sent openLoop(ArrivalSchedule schedule, Duration time) {
    long images = schedule.dueWithin(time.toNanos());
    Histogram delays = new Histogram(3);
    long late = 0;
    long start = System.nanoTime();
    long startMillis = System.currentTimeMillis();
    for (long i = 0; i < images && !Thread.currentThread().isInterrupted(); i++) {
      long due = schedule.dueNanos(i);
      long delay = await(start + due);
      delays.recordValue(TimeUnit.NANOSECONDS.toMillis(delay));
      late += delay >= LATE_NANOS ? 1 : 0;
      send(startMillis + TimeUnit.NANOSECONDS.toMillis(due));
    }
    sender.flush();
    return new Sent(images, seconds(start), late, delays.getValueAtPercentile(99));
  }

  /**
   * Sends images as fast as they are dealt with: so many at most are under way.
   *
   * @param settled images that are dealt with
   */
  public Sent closedLoop(Duration time, int ahead, LongSupplier settled) {
    long start = System.nanoTime();
    long images = 0;
    while (System.nanoTime() - start < time.toNanos() && !Thread.currentThread().isInterrupted()) {
      if (tracker.sent() - settled.getAsLong() < ahead) {
        send(System.currentTimeMillis());
        images++;
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    sender.flush();
    return new Sent(images, seconds(start), 0, 0);
  }

  /** Sends so many at once. */
  public void fill(long images) {
    for (long i = 0; i < images; i++) {
      send(System.currentTimeMillis());
    }
    sender.flush();
  }

  @Override
  public void close() {
    sender.close();
  }

  private void send(long capturedAt) {
    long number = tracker.sent();
    tracker.sent(capturedAt, supplier.badShare().of(number).orElse(null));
    sender.send(supplier.payload(number).event(run.id(number), capturedAt));
  }

  /** Returns how long after it, nanoseconds. */
  private static long await(long nanoTime) {
    long left = nanoTime - System.nanoTime();
    while (left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
      left = nanoTime - System.nanoTime();
    }
    return Math.max(0, -left);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
