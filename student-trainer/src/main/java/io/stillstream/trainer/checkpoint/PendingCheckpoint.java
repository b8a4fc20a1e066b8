package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.session.SessionSnapshot;
import java.util.Map;

/**
 * A checkpoint that is being written.
 *
 * @param parts files of what else is kept in it
 * @param measurements for the model card, if it is made for a release
 * @param erasureRound in which it was taken
 * @param afterErasure whether it is the first that has to be without the views erased then
 * @param begunNanos when it was begun
 */
record PendingCheckpoint(
    TrainerState state,
    SessionSnapshot snapshot,
    Map<String, CheckpointStore.FileContent> parts,
    ReleaseMeasurements measurements,
    long erasureRound,
    boolean afterErasure,
    long begunNanos) {}
