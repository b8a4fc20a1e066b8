package io.stillstream.trainer.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

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
    DurableFiles disk) {
  private static final String OWNER_FILE = "store-owner";

  /**
   * The identity of the directory, by which the store knows its owner.
   *
   * @param names gives an identity to a directory that has none
   */
  String ownerId(Supplier<String> names) throws IOException {
    Path file = directory.resolve(OWNER_FILE);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String name = names.get();
    disk.replace(file, name.getBytes(UTF_8));
    return name;
  }
}
