package io.stillstream.trainer.status;

import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.ReleaseConfusion;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How good a release was when it was made, as {@code GET /releases/{version}/evaluation} tells it.
 *
 * @param task of the student: {@code classification}, {@code segmentation} or {@code embedding}
 * @param alias {@code champion} or {@code challenger}: what it was made as
 * @param created milliseconds since the epoch
 * @param classes names, in the order of the matrix
 * @param metrics by name, as in the card
 * @param confusion null if the card has none
 * @param gate null if there was none
 */
record ReleaseEvaluation(
    String student,
    String task,
    long version,
    String alias,
    long step,
    long created,
    List<String> classes,
    Map<String, Double> metrics,
    ReleaseConfusion confusion,
    GateDecision gate) {

  static ReleaseEvaluation of(ModelCard card, List<String> classes) {
    return new ReleaseEvaluation(
        card.student(),
        card.task(),
        card.version(),
        card.alias(),
        card.step(),
        Instant.parse(card.createdAt()).toEpochMilli(),
        classes,
        card.metrics(),
        card.confusion(),
        card.gate());
  }
}
