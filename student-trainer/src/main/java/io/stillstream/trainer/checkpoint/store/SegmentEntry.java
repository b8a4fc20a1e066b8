package io.stillstream.trainer.checkpoint.store;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a checkpoint knows of a segment that it needs.
 *
 * @param bytes length of the file
 * @param crc32c CRC-32C of the file
 * @param parts how many parts are in it, those that no checkpoint uses any more included
 */
public record SegmentEntry(long bytes, long crc32c, int parts) {
  /**
   * Checks a file against this.
   *
   * @throws IOException if it is missing, cut short or changed
   */
  public void verify(Path file) throws IOException {
    verify(file, MeasuredFile.read(file));
  }

  void verify(Path file, CheckpointManifest.FileEntry actual) throws IOException {
    if (actual.bytes() != bytes || actual.crc32c() != crc32c) {
      throw new IOException(
          "segment " + file.getFileName() + " should be " + this + " and is " + actual);
    }
  }
}
