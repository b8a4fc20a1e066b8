package io.stillstream.labeler.batching;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many views each device is asked at once, after it has been found short of memory. A batch
 * that does not fit halves the cap at once; after a pause it doubles again, up to the largest batch
 * there is. Each time a device runs out of memory once its cap had grown, the pause before the next
 * try doubles: a batch that never fits is tried ever more rarely, and one that did not fit for a
 * moment only costs little. Safe for several threads.
 */
public final class DeviceBatchLimits {
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final int largest;
  private final long firstPause;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private final Map<String, Limit> caps = new HashMap<>();

  /** Told of each change, in the thread that found it. */
  public interface Listener {
    /** From now on at most {@code cap} views at once, where it was {@code before}. */
    void capped(String device, int cap, int before);
  }

  /** Of one device. */
  private static final class Limit {
    private int views;
    private long since;
    private long pause;

    /** Whether it has doubled since a batch last failed to fit. */
    private boolean grown;
  }

  /**
   * @param largest views in the largest batch that is ever asked; a cap of so many is none
   * @param firstPause how long a cap lasts at first; zero for good
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public DeviceBatchLimits(
      int largest, Duration firstPause, Listener listener, LongSupplier nanoTime) {
    this.largest = largest;
    this.firstPause = firstPause.toNanos();
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** Most views at once. */
  public synchronized int of(String device) {
    Limit cap = caps.get(device);
    if (cap == null) {
      return Integer.MAX_VALUE;
    }
    long now = nanoTime.getAsLong();
    if (firstPause > 0 && now - cap.since >= cap.pause) {
      if (cap.views >= largest) {
        // It has held for as long as it was doubted: the next failure is a new one.
        caps.remove(device);
        return Integer.MAX_VALUE;
      }
      set(device, cap, Math.min(largest, 2 * cap.views), now);
      cap.grown = true;
    }
    return cap.views >= largest ? Integer.MAX_VALUE : cap.views;
  }

  /** Notes that so many views did not fit. */
  public synchronized void outOfMemory(String device, int views) {
    int fewer = Math.max(1, views / 2);
    Limit cap = caps.computeIfAbsent(device, name -> uncapped());
    if (fewer >= cap.views) {
      return;
    }
    if (cap.grown) {
      cap.pause = Math.min(2 * cap.pause, Math.max(firstPause, LONGEST_PAUSE.toNanos()));
      cap.grown = false;
    }
    set(device, cap, fewer, nanoTime.getAsLong());
  }

  private Limit uncapped() {
    Limit cap = new Limit();
    cap.views = largest;
    cap.pause = firstPause;
    return cap;
  }

  private void set(String device, Limit cap, int views, long now) {
    int before = cap.views;
    cap.views = views;
    cap.since = now;
    listener.capped(device, views, before);
  }
}
