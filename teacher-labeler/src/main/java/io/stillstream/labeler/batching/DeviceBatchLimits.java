package io.stillstream.labeler.batching;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The maximal batch size of each device after it has run out of memory. A batch that does not fit
 * halves the limit at once; after a pause the limit doubles, and again, up to the largest batch
 * there is. Each time a device runs out of memory after its limit had grown, the pause doubles: a
 * batch that never fits is tried ever more rarely, and a short lack of memory costs little. Safe
 * for several threads.
 */
public final class DeviceBatchLimits {
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final int largest;
  private final long firstPause;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private final Map<String, Limit> limits = new HashMap<>();

  /** Called for each change, on the thread that caused it. */
  public interface Listener {
    /** The limit is now {@code limit} views; it was {@code before}. */
    void changed(String device, int limit, int before);
  }

  /** Of one device. */
  private static final class Limit {
    private int views;
    private long since;
    private long pause;

    /** Whether it has doubled since the device last ran out of memory. */
    private boolean grown;
  }

  /**
   * @param largest views in the largest batch there is; such a limit is none
   * @param firstPause how long a limit stays at first; zero for no end
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public DeviceBatchLimits(
      int largest, Duration firstPause, Listener listener, LongSupplier nanoTime) {
    this.largest = largest;
    this.firstPause = firstPause.toNanos();
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** Maximal number of views in a batch. */
  public synchronized int of(String device) {
    Limit limit = limits.get(device);
    if (limit == null) {
      return Integer.MAX_VALUE;
    }
    long now = nanoTime.getAsLong();
    if (firstPause > 0 && now - limit.since >= limit.pause) {
      if (limit.views >= largest) {
        // It has held for the whole pause: the next failure is a new one.
        limits.remove(device);
        return Integer.MAX_VALUE;
      }
      set(device, limit, Math.min(largest, 2 * limit.views), now);
      limit.grown = true;
    }
    return limit.views >= largest ? Integer.MAX_VALUE : limit.views;
  }

  /** The device ran out of memory with so many views. */
  public synchronized void outOfMemory(String device, int views) {
    int fewer = Math.max(1, views / 2);
    Limit limit = limits.computeIfAbsent(device, name -> unlimited());
    if (fewer >= limit.views) {
      return;
    }
    if (limit.grown) {
      limit.pause = Math.min(2 * limit.pause, Math.max(firstPause, LONGEST_PAUSE.toNanos()));
      limit.grown = false;
    }
    set(device, limit, fewer, nanoTime.getAsLong());
  }

  private Limit unlimited() {
    Limit limit = new Limit();
    limit.views = largest;
    limit.pause = firstPause;
    return limit;
  }

  private void set(String device, Limit limit, int views, long now) {
    int before = limit.views;
    limit.views = views;
    limit.since = now;
    listener.changed(device, views, before);
  }
}
