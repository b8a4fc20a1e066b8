package io.stillstream.trainer.training.divergence;

import java.util.ArrayList;
import java.util.List;

/**
 * How often training was set back lately, and what factor the rate has therefore: one for every
 * rollback, taken back one by one after a while without another.
 */
public final class RollbackLimiter {
  private final DivergenceSettings rules;
  private final List<Long> steps = new ArrayList<>();
  private int lowered;
  private long changed;

  public RollbackLimiter(DivergenceSettings rules) {
    this.rules = rules;
  }

  /** Time has come to a step. */
  public void advance(long step) {
    steps.removeIf(earlier -> earlier <= step - rules.withinSteps());
    if (lowered > 0 && rules.recoverySteps() > 0 && step - changed >= rules.recoverySteps()) {
      lowered--;
      changed = step;
    }
  }

  /** Whether there may be one more. */
  public boolean isAllowed() {
    return steps.size() < rules.maxRollbacks();
  }

  /** There is one more. */
  public void add(long step) {
    steps.add(step);
    lowered++;
    changed = step;
  }

  /** Above 0, at most 1. */
  public double rateFactor() {
    return Math.pow(rules.rateFactor(), lowered);
  }

  public record State(List<Long> steps, int lowered, long changed) {}

  public State save() {
    return new State(List.copyOf(steps), lowered, changed);
  }

  public void restore(State state) {
    steps.clear();
    steps.addAll(state.steps);
    lowered = state.lowered;
    changed = state.changed;
  }
}
