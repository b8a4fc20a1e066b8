/**
 * The labeler: polls views, infers them with the teachers, and writes labelled views, exactly once.
 *
 * <p>From poll to commit a record passes six types, and no others hold it:
 *
 * <ol>
 *   <li>{@link io.stillstream.labeler.input.ConsumedRecord}: the record as it was polled, with the
 *       epoch of its partition and its time of arrival. A batch is a list of them.
 *   <li>{@code inference.InFlightBatch}: a batch in the pipeline, with the results to come.
 *   <li>{@code inference.LabelingTask}: the batch between its steps, with the lease of the teachers
 *       that infer it.
 *   <li>{@link io.stillstream.labeler.preprocess.PreprocessedView}: the record with its decoded
 *       view and pixels, after inference with its result.
 *   <li>{@link io.stillstream.labeler.model.PreparedBatch}: the pixels of the batch in the memory
 *       of the model.
 *   <li>{@link io.stillstream.labeler.result.EncodedResult}: the record to be sent, a labelled view
 *       or a dead letter, and what is counted once it is committed.
 * </ol>
 *
 * <p>Once that is sent, {@link io.stillstream.labeler.output.PendingCommit} keeps offsets and
 * counts only.
 */
package io.stillstream.labeler;
