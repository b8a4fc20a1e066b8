package io.stillstream.trainer.training;

import java.util.ArrayList;
import java.util.List;

/**
 * How often training was set back lately, and what factor the rate has therefore: one for every
 * rollback, taken back one by one after a while without another.
 */
final class RollbackLimiter {
  private final DivergenceSettings rules;
  private final List<Long> steps = new ArrayList<>();
  private int lowered;
  private long changed;

  RollbackLimiter(DivergenceSettings rules) {
    this.rules = rules;
  }

  /** Time has come to a step. */
  void advance(long step) {
    steps.removeIf(earlier -> earlier <= step - rules.withinSteps());
    if (lowered > 0 && rules.recoverySteps() > 0 && step - changed >= rules.recoverySteps()) {
      lowered--;
      changed = step;
    }
  }

  /** Whether there may be one more. */
  boolean isAllowed() {
    return steps.size() < rules.maxRollbacks();
  }

  /** There is one more. */
  void add(long step) {
    steps.add(step);
    lowered++;
    changed = step;
  }

  /** Above 0, at most 1. */
  double rateFactor() {
    return Math.pow(rules.rateFactor(), lowered);
  }

  /** Everything. */
  record State(List<Long> steps, int lowered, long changed) {}

  State save() {
    return new State(List.copyOf(steps), lowered, changed);
  }

  void restore(State state) {
    steps.clear();
    steps.addAll(state.steps);
    lowered = state.lowered;
    changed = state.changed;
  }
}
