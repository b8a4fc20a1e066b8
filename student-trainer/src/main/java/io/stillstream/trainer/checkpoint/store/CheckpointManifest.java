package io.stillstream.trainer.checkpoint.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint consists of.
 *
 * @param format version of the layout
 * @param epoch which start of a trainer wrote it
 * @param files by name
 * @param segments that it needs besides, by name; null, as up to format 4, is none
 */
record CheckpointManifest(
    int format, long epoch, Map<String, FileEntry> files, Map<String, SegmentEntry> segments) {
  /**
   * The layout of today. Format 1 had the views in {@code reservoir.bin}, and no kind of buffer and
   * no teacher with them. Up to format 2, views did not say of which image they are; up to format
   * 3, they had no mask and no packed answer. Up to format 4, all views were in {@code buffer.bin}.
   * Up to format 5, mixed views without a label did not say what share each image has, outcomes of
   * the window not of which image they are, and there were no labels that came later.
   */
  static final int FORMAT = 6;

  static final String NAME = "manifest.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  CheckpointManifest {
    files = new TreeMap<>(files);
    segments = segments == null ? Map.of() : new TreeMap<>(segments);
  }

  /** Length and CRC-32C of a file. */
  record FileEntry(long bytes, long crc32c) {}

  byte[] toBytes() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  /**
   * Reads a directory's manifest.
   *
   * @throws IOException if it is missing or damaged
   * @throws UnsupportedCheckpointFormatException if a later version wrote it
   */
  static CheckpointManifest read(Path directory) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(NAME));
    // First of all: what else a later format has, or has no more, is not known.
    int format = JSON.readTree(bytes).path("format").asInt();
    if (format > FORMAT) {
      throw new UnsupportedCheckpointFormatException(
          "%s has checkpoint format %d and this version of the trainer reads formats 1 to %d: a later"
                  .formatted(directory, format, FORMAT)
              + " version wrote it, run that one again (deploy/docs/upgrade.md)");
    }
    return JSON.readValue(bytes, CheckpointManifest.class);
  }

  /**
   * Reads a directory's manifest and checks every file in the directory against it.
   *
   * @throws IOException if anything is missing, cut short or changed, with the reason
   * @throws UnsupportedCheckpointFormatException if a later version wrote it
   */
  static CheckpointManifest verify(Path directory) throws IOException {
    CheckpointManifest manifest = read(directory);
    for (Map.Entry<String, FileEntry> file : manifest.files.entrySet()) {
      FileEntry actual = MeasuredFile.read(directory.resolve(file.getKey()));
      if (!actual.equals(file.getValue())) {
        throw new IOException(
            file.getKey() + " should be " + file.getValue() + " and is " + actual);
      }
    }
    return manifest;
  }
}
