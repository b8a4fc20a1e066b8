package io.stillstream.trainer.training;

import io.stillstream.trainer.training.accuracy.OriginalOutcome;
import io.stillstream.trainer.training.comparison.PairedScore;
import java.util.List;

/**
 * The originals of a batch of fresh views, as the student answered before it trained on them.
 *
 * @param outcomes one for each original, in their order
 * @param comparisons with the baseline, one for each original that counts for it
 * @param answers of the student, a row for each original, see {@link Student#predict}; not to be
 *     changed
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a batch, then only read
public record EvaluatedOriginals(
    List<OriginalOutcome> outcomes, List<PairedScore> comparisons, float[] answers) {
  /** Of a batch without any. */
  static final EvaluatedOriginals NONE = new EvaluatedOriginals(List.of(), List.of(), new float[0]);
}
