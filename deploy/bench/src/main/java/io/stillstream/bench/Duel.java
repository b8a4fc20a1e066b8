package io.stillstream.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row before it is measured: two sides that take turns.
 *
 * @param name name of the row
 * @param target what the ratio of the rates, ours to the other's, is held against; empty for a row
 *     that only informs
 * @param ours our side
 * @param other the side it is compared with
 */
record Duel(String name, Optional<Target> target, Side ours, Side other) {

  /**
   * Measures: one turn of each to warm up, which does not count, then as many rounds as asked for,
   * ours and the other's turn in each.
   */
  Outcome fight(Duration turn, int rounds) {
    ours.work(turn);
    other.work(turn);
    List<Outcome.Round> measured = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Work first = ours.work(turn);
      measured.add(new Outcome.Round(first.rate(), other.work(turn).rate()));
    }
    return new Outcome(name, target, measured);
  }
}
