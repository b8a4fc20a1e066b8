package io.stillstream.page.progress;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a count grows, over the last few seconds. */
final class RateMeter {
  private static final int SPAN = 6;

  private final Deque<TimedCount> samples = new ArrayDeque<>();

  private record TimedCount(long millis, double count) {}

  /** A count at that time; NaN, if it is unknown, starts the measurement again. */
  void add(long millis, double count) {
    if (Double.isNaN(count)) {
      samples.clear();
      return;
    }
    samples.addLast(new TimedCount(millis, count));
    if (samples.size() > SPAN) {
      samples.removeFirst();
    }
  }

  /** NaN before there are two counts. */
  double perSecond() {
    if (samples.size() < 2) {
      return Double.NaN;
    }
    double seconds = (samples.getLast().millis - samples.getFirst().millis) / 1000.0;
    double grown = samples.getLast().count - samples.getFirst().count;
    return seconds > 0 ? Math.max(0, grown / seconds) : Double.NaN;
  }
}
