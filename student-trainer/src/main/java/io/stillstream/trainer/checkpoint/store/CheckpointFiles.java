package io.stillstream.trainer.checkpoint.store;

import io.stillstream.trainer.checkpoint.store.CheckpointManifest.FileEntry;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the files of a checkpoint into a directory, each brought to the medium. */
final class CheckpointFiles {
  private CheckpointFiles() {}

  /**
   * Writes files and, last, the manifest.
   *
   * @param epoch which start of a trainer writes it
   * @param segments that it needs besides
   * @return bytes of all files
   */
  static long write(
      Path directory,
      Map<String, CheckpointStore.FileContent> files,
      long epoch,
      Map<String, SegmentEntry> segments,
      DurableFiles disk)
      throws IOException {
    Files.createDirectory(directory);
    Map<String, FileEntry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, CheckpointStore.FileContent> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      entries.put(file.getKey(), MeasuredFile.write(path, file.getValue()).entry());
      disk.sync(path);
    }
    byte[] manifest =
        new CheckpointManifest(CheckpointManifest.FORMAT, epoch, entries, segments).toBytes();
    Path path = directory.resolve(CheckpointManifest.NAME);
    Files.write(path, manifest);
    disk.sync(path);
    disk.sync(directory);
    return manifest.length + entries.values().stream().mapToLong(FileEntry::bytes).sum();
  }
}
