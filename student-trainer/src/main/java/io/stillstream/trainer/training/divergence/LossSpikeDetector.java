package io.stillstream.trainer.training.divergence;

import java.util.OptionalDouble;

/**
 * Detects that training diverges: the loss on fresh views is far above its running mean for some
 * batches in a row, and so is that on replayed ones. If only the loss on fresh views is high, the
 * stream has changed, not the student. Without replay the fresh views decide.
 */
public final class LossSpikeDetector {
  private final DivergenceSettings rules;
  private final RunningMoments fresh;
  private final RunningMoments replayed;
  private int high;
  private long highSince;

  public LossSpikeDetector(DivergenceSettings rules) {
    this.rules = rules;
    this.fresh = new RunningMoments(rules.span(), rules.warmUp());
    this.replayed = new RunningMoments(rules.span(), rules.warmUp());
  }

  /**
   * Looks at a batch. Its losses join the means if they are not suspicious.
   *
   * @param step its first
   * @param freshLoss finite
   * @param replayLoss mean over its replayed steps, if there were any
   * @return whether that makes a spike
   */
  public boolean isSpike(long step, double freshLoss, OptionalDouble replayLoss) {
    if (isHigh(freshLoss, replayLoss)) {
      highSince = high == 0 ? step : highSince;
      high++;
      return high >= rules.spikeBatches();
    }
    high = 0;
    if (freshLoss != 0) {
      // Without any weight in it, a batch says nothing of what a step costs.
      fresh.add(freshLoss);
    }
    replayLoss.ifPresent(replayed::add);
    return false;
  }

  private boolean isHigh(double freshLoss, OptionalDouble replayLoss) {
    boolean freshCounts = fresh.isWarm();
    boolean replayCounts = replayLoss.isPresent() && replayed.isWarm();
    if (freshCounts && freshLoss <= fresh.limit(rules.spikeFactor())) {
      return false;
    }
    if (replayCounts && replayLoss.getAsDouble() <= replayed.limit(rules.spikeFactor())) {
      return false;
    }
    return freshCounts || replayCounts;
  }

  /** Whether the latest batches may turn out to be the beginning of a spike. */
  public boolean isSuspicious() {
    return high > 0;
  }

  /** First step of the suspicious batches. */
  public long since() {
    return highSince;
  }

  /** What a loss on fresh views must be above to be suspicious. */
  public double limit() {
    return fresh.limit(rules.spikeFactor());
  }

  /**
   * The student has been set back. What fresh views cost is learned anew, lest a stream that has
   * changed for good set it back again and again; what seen ones cost is still known.
   */
  public void reset() {
    high = 0;
    fresh.reset();
  }

  public record State(
      RunningMoments.State fresh, RunningMoments.State replayed, int high, long highSince) {}

  public State save() {
    return new State(fresh.save(), replayed.save(), high, highSince);
  }

  public void restore(State state) {
    fresh.restore(state.fresh);
    replayed.restore(state.replayed);
    high = state.high;
    highSince = state.highSince;
  }
}
