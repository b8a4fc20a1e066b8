package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.label.LabelSnapshot;
import io.stillstream.trainer.session.SessionSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint that is being written.
 *
 * @param labels the table of truths, if labels are read
 * @param measurements for the model card, if it is made for a release
 * @param erasureRound in which it was taken
 * @param afterErasure whether it is the first that has to be without the views erased then
 * @param begunNanos when it was begun
 */
record PendingCheckpoint(
    TrainerState state,
    SessionSnapshot snapshot,
    Optional<LabelSnapshot> labels,
    Map<String, Double> measurements,
    long erasureRound,
    boolean afterErasure,
    long begunNanos) {

  /** What is to be written of labels, by the file's name. */
  Map<String, CheckpointStore.FileContent> labelFiles() {
    Map<String, CheckpointStore.FileContent> files = new HashMap<>();
    labels.ifPresent(table -> files.put(LabelSnapshot.FILE, table::writeTo));
    return files;
  }
}
