package io.stillstream.teacher.labels;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much each device has been found to hold. A batch that does not fit halves what is asked of
 * that device at once, for good: it would not fit the next time either. Safe for several threads.
 */
public final class BatchCaps {
  private final Listener listener;
  private final Map<String, Integer> caps = new ConcurrentHashMap<>();

  /** Told of each cap, in the thread that found it. */
  public interface Listener {
    /** From now on at most {@code cap} views at once. */
    void capped(String device, int cap);
  }

  public BatchCaps(Listener listener) {
    this.listener = listener;
  }

  /** Most views at once. */
  public int of(String device) {
    return caps.getOrDefault(device, Integer.MAX_VALUE);
  }

  /** Notes that so many views did not fit. */
  public void tooMany(String device, int views) {
    int cap = Math.max(1, views / 2);
    if (cap < of(device) && caps.merge(device, cap, Math::min) == cap) {
      listener.capped(device, cap);
    }
  }
}
