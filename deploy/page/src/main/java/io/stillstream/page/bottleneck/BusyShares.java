package io.stillstream.page.bottleneck;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/** What share of the latest 20 s was spent on what, by sums of seconds. For one thread. */
final class BusyShares {
  private final Deque<TimedSums> samples = new ArrayDeque<>();

  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record TimedSums(long millis, double[] seconds) {}

  void clear() {
    samples.clear();
  }

  /**
   * Takes sums that only grow, in the same order each time. After a restart, when one is smaller
   * than before, after a gap and when the clock was set back, everything before is forgotten.
   *
   * @return shares from 0 to 1; empty before there are two samples. What ends after long work, as
   *     an evaluation, counts when it ends
   */
  Optional<double[]> add(long millis, double... seconds) {
    if (!samples.isEmpty() && isBroken(millis, seconds, samples.getLast())) {
      clear();
    }
    samples.addLast(new TimedSums(millis, seconds));
    while (samples.size() > 2 && millis - samples.getFirst().millis > StageWindow.LENGTH) {
      samples.removeFirst();
    }
    TimedSums first = samples.getFirst();
    double passed = (millis - first.millis) / 1000.0;
    if (passed <= 0) {
      return Optional.empty();
    }
    double[] shares = new double[seconds.length];
    Arrays.setAll(shares, i -> Math.min(1, (seconds[i] - first.seconds[i]) / passed));
    return Optional.of(shares);
  }

  private static boolean isBroken(long millis, double[] seconds, TimedSums last) {
    long gap = millis - last.millis;
    return gap < 0 || gap > StageWindow.LONGEST_GAP || isSmaller(seconds, last.seconds);
  }

  private static boolean isSmaller(double[] seconds, double[] before) {
    for (int i = 0; i < seconds.length; i++) {
      if (seconds[i] < before[i]) {
        return true;
      }
    }
    return false;
  }
}
