package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import java.nio.file.Path;

/**
 * What is copied, and where a restored student goes.
 *
 * @param directory of the training
 * @param student its name
 * @param modelSha256 of the untrained file that it began with
 * @param ledger file; it is not open while something is restored
 */
public record LocalState(
    Path directory,
    String student,
    String modelSha256,
    CheckpointStore checkpoints,
    ReleaseStore releases,
    Path ledger,
    DurableFiles disk) {}
