package io.stillstream.page.bottleneck;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was seen of one stage in the latest 20 s, and what follows from it.
 *
 * <p>A stage is behind if records have waited before it <em>all the time</em>: the smallest backlog
 * in the window counts, as in CoDel (RFC 8289), since batches, transactions and bursts make every
 * healthy queue full for a moment. The smallest one has to be worth 2 s of the stage's own work,
 * and more than the stage needs to begin; 1 s and half of that, if it was behind before. A state
 * changes after the third look in a row that says so. For one thread.
 */
final class StageWindow {
  /** Milliseconds over which rates and smallest backlogs are taken. */
  static final long LENGTH = 20_000;

  /** Milliseconds before anything is said. */
  private static final long SHORTEST = 10_000;

  /** Milliseconds without a look after which everything before is forgotten. */
  static final long LONGEST_GAP = 6_000;

  private static final double SECONDS_BEHIND = 2;
  private static final double HYSTERESIS = 0.5;
  private static final double STEADY = 0.05;
  private static final int LOOKS = 3;

  private final Deque<TimedSample> samples = new ArrayDeque<>();
  private StageState shown = StageState.UNKNOWN;
  private StageState next = StageState.UNKNOWN;
  private int looks;

  private record TimedSample(long millis, StageSample sample) {}

  /** There is no evidence now: everything before is forgotten. */
  StageLoad unknown() {
    samples.clear();
    shown = StageState.UNKNOWN;
    return StageLoad.UNKNOWN;
  }

  /**
   * Takes a sample.
   *
   * @param floor offsets that may wait although the stage has nothing to do: it works in batches,
   *     and markers count
   */
  StageLoad add(long millis, StageSample sample, double floor) {
    if (!samples.isEmpty() && isBroken(samples.getLast(), millis, sample)) {
      unknown();
    }
    samples.addLast(new TimedSample(millis, sample));
    while (samples.size() > 2 && millis - second().millis >= LENGTH) {
      samples.removeFirst();
    }
    return hold(measure(floor));
  }

  /** A gap, a clock that was set back, or a topic that was made anew. */
  private static boolean isBroken(TimedSample last, long millis, StageSample sample) {
    long gap = millis - last.millis;
    return gap < 0 || gap > LONGEST_GAP || sample.arrived() < last.sample.arrived();
  }

  private TimedSample second() {
    var all = samples.iterator();
    all.next();
    return all.next();
  }

  private StageLoad measure(double floor) {
    StageSample first = samples.getFirst().sample;
    StageSample last = samples.getLast().sample;
    long millis = samples.getLast().millis - samples.getFirst().millis;
    if (millis < SHORTEST) {
      return new StageLoad(
          StageState.MEASURING, Double.NaN, Double.NaN, last.backlog(), BacklogTrend.STEADY);
    }
    double seconds = millis / 1000.0;
    double grown = last.backlog() - first.backlog();
    double in = (last.arrived() - first.arrived()) / seconds;
    double out = Math.max(0, in - grown / seconds);
    return new StageLoad(
        state(in * seconds, out, millis, floor),
        in,
        out,
        last.backlog(),
        trend(grown, Math.max(in, out) * seconds, floor));
  }

  private StageState state(double arrived, double out, long millis, double floor) {
    double smallest = samples.stream().mapToDouble(each -> each.sample.backlog()).min().orElse(0);
    if (!hasProgressed() && (smallest > floor || arrived > floor)) {
      // A step or a batch may take long: only the whole window is evidence.
      return millis >= LENGTH ? StageState.STOPPED : StageState.MEASURING;
    }
    double limit = Math.max(floor, SECONDS_BEHIND * out);
    if (smallest > limit * (shown == StageState.BEHIND ? HYSTERESIS : 1)) {
      return StageState.BEHIND;
    }
    return arrived == 0 && out == 0 ? StageState.IDLE : StageState.KEEPS_UP;
  }

  private boolean hasProgressed() {
    double first = samples.getFirst().sample.progress();
    return samples.stream().anyMatch(each -> each.sample.progress() != first);
  }

  private static BacklogTrend trend(double grown, double passed, double floor) {
    if (Math.abs(grown) <= Math.max(floor, STEADY * passed)) {
      return BacklogTrend.STEADY;
    }
    return grown > 0 ? BacklogTrend.GROWING : BacklogTrend.SHRINKING;
  }

  private StageLoad hold(StageLoad measured) {
    StageState state = measured.state();
    looks = state == next ? looks + 1 : 1;
    next = state;
    if (state.isNoClaim() || shown.isNoClaim() || looks >= LOOKS) {
      shown = state;
    }
    return measured.in(shown);
  }
}
