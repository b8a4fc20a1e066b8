package io.stillstream.page.bottleneck;

/**
 * What a stage had to do in the window. NaN is not known.
 *
 * @param inPerSecond offsets that arrived
 * @param outPerSecond offsets that it finished
 * @param backlog that waits now
 * @param trend of the backlog
 */
record StageLoad(
    StageState state, double inPerSecond, double outPerSecond, double backlog, BacklogTrend trend) {
  static final StageLoad UNKNOWN =
      new StageLoad(StageState.UNKNOWN, Double.NaN, Double.NaN, Double.NaN, BacklogTrend.STEADY);

  StageLoad in(StageState other) {
    return new StageLoad(other, inPerSecond, outPerSecond, backlog, trend);
  }

  /** How long the backlog takes at this rate; NaN if it is not known, or nothing is finished. */
  double backlogSeconds() {
    return outPerSecond > 0 ? backlog / outPerSecond : Double.NaN;
  }
}
