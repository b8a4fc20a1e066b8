package io.stillstream.trainer.training.accuracy;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/** The latest outcomes, up to a number; a new one replaces the oldest. */
final class LatestOutcomes<O extends OriginalOutcome> {
  private final Object[] outcomes;
  private int size;
  private int next;

  /**
   * @param capacity at least 1
   */
  LatestOutcomes(int capacity) {
    outcomes = new Object[capacity];
  }

  /** Adds one; returns the one that it replaces, or null. */
  @SuppressWarnings("unchecked") // only add() puts something in
  O add(O outcome) {
    O replaced = (O) outcomes[next];
    outcomes[next] = outcome;
    next = (next + 1) % outcomes.length;
    size = Math.min(size + 1, outcomes.length);
    return replaced;
  }

  /** Removes the oldest of at least one, and returns it. */
  O removeOldest() {
    O oldest = get(0);
    outcomes[Math.floorMod(next - size, outcomes.length)] = null;
    size--;
    return oldest;
  }

  /** Removes all. */
  void clear() {
    Arrays.fill(outcomes, null);
    size = 0;
    next = 0;
  }

  int size() {
    return size;
  }

  /** The {@code index}-th, oldest first. */
  @SuppressWarnings("unchecked") // only add() puts something in
  O get(int index) {
    return (O) outcomes[place(index)];
  }

  /** Replaces the {@code index}-th. */
  void set(int index, O outcome) {
    outcomes[place(index)] = outcome;
  }

  private int place(int index) {
    int place = next - size + index;
    return place < 0 ? place + outcomes.length : place;
  }

  /**
   * Replaces outcomes, oldest first.
   *
   * @param change gives the same one where nothing is to be changed
   * @return how many were replaced
   */
  int update(UnaryOperator<O> change) {
    int changed = 0;
    for (int i = 0; i < size; i++) {
      O before = get(i);
      O after = change.apply(before);
      set(i, after);
      changed += after == before ? 0 : 1;
    }
    return changed;
  }

  /** How many have a teacher's answer. */
  int taught() {
    int taught = 0;
    for (int i = 0; i < size; i++) {
      taught += get(i).isTaught() ? 1 : 0;
    }
    return taught;
  }

  /** How many of the newest have {@code taught} teacher's answers among them; all if too few. */
  int newest(long taught) {
    int kept = 0;
    for (long left = taught; left > 0 && kept < size; kept++) {
      left -= get(size - 1 - kept).isTaught() ? 1 : 0;
    }
    return kept;
  }
}
