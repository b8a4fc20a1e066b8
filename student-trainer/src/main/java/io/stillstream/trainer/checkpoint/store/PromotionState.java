package io.stillstream.trainer.checkpoint.store;

import io.stillstream.trainer.training.gate.GateDecision;
import java.util.Map;

/**
 * How the releases of a student stand to each other.
 *
 * @param champion version that is served; 0 before the first
 * @param baseline version that challengers are measured against: the best champion so far, or the
 *     one that a person chose
 * @param trial outcomes against the baseline
 * @param from per partition, the first offset that the release before does not cover: where the
 *     last release begins if this checkpoint is the one that it is made from, else the next one
 * @param verdict on the last release; null if there was no gate to pass
 * @param postponed whether a release is to be made of the student in this checkpoint, and was put
 *     off because its examination takes time; older files do not say it, and mean no
 */
public record PromotionState(
    long champion,
    long baseline,
    String trial,
    Map<Integer, Long> from,
    GateDecision verdict,
    boolean postponed) {

  public PromotionState {
    from = from == null ? Map.of() : Map.copyOf(from);
  }

  /** With a champion that nothing has been measured against yet. */
  public static PromotionState begin(long champion) {
    return new PromotionState(champion, champion, "", Map.of(), null, false);
  }

  /** Whether the last release became champion. */
  public boolean passed() {
    return verdict == null || verdict.passed();
  }
}
