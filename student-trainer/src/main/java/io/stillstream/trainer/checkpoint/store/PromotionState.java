package io.stillstream.trainer.checkpoint.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.util.Map;

/**
 * Champion, baseline and gate of a student's releases.
 *
 * @param champion version that is served; 0 before the first
 * @param baseline version that challengers are compared with: the best champion so far, or one that
 *     was chosen manually
 * @param comparison outcomes of the comparison with the baseline; {@code trial} in the file
 * @param from by partition, the first offset that the release before does not cover: where the last
 *     release begins if this checkpoint is the one that it is made from, else the next one
 * @param verdict the gate's decision on the last release; null without a gate
 * @param postponed whether a release is to be made of the student in this checkpoint, and was
 *     postponed because its evaluation takes time; false in older files
 */
public record PromotionState(
    long champion,
    long baseline,
    @JsonProperty("trial") String comparison,
    Map<Integer, Long> from,
    GateDecision verdict,
    boolean postponed) {

  public PromotionState {
    from = from == null ? Map.of() : Map.copyOf(from);
  }

  /** With a champion that nothing has been compared with. */
  public static PromotionState begin(long champion) {
    return new PromotionState(champion, champion, "", Map.of(), null, false);
  }

  /** Whether the last release became champion. */
  public boolean passed() {
    return verdict == null || verdict.passed();
  }

  /** The state at a checkpoint without a release. */
  public PromotionState withoutRelease(
      String comparisonSoFar, Map<Integer, Long> nextFrom, boolean isPostponed) {
    return new PromotionState(champion, baseline, comparisonSoFar, nextFrom, verdict, isPostponed);
  }

  /**
   * The state after a release.
   *
   * @param version of the release
   * @param decision of the gate; null without one
   */
  public PromotionState withRelease(
      long version, GateDecision decision, String comparisonSoFar, Map<Integer, Long> releaseFrom) {
    boolean isBest = decision == null || decision.leads();
    return new PromotionState(
        decision == null || decision.passed() ? version : champion,
        isBest ? version : baseline,
        isBest ? "" : comparisonSoFar,
        releaseFrom,
        decision,
        false);
  }

  /** The state after another champion was chosen manually. */
  public PromotionState withChosen(long version, Map<Integer, Long> nextFrom) {
    return new PromotionState(version, version, "", nextFrom, verdict, false);
  }
}
