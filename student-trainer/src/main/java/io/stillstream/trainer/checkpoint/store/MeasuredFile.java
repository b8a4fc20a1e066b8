package io.stillstream.trainer.checkpoint.store;

import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.checkpoint.store.CheckpointManifest.FileEntry;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file that has just been written.
 *
 * @param entry its length and CRC-32C
 * @param sha256 64 hexadecimal digits
 */
record MeasuredFile(FileEntry entry, String sha256) {
  private static final int BUFFER = 1 << 16;

  /** Writes a file, which is not on the medium yet. */
  static MeasuredFile write(Path file, CheckpointStore.FileContent content) throws IOException {
    CRC32C crc = new CRC32C();
    MessageDigest digest = Sha256.digest();
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(
                new CheckedOutputStream(
                    new DigestOutputStream(Files.newOutputStream(file), digest), crc),
                BUFFER))) {
      content.writeTo(out);
    }
    return new MeasuredFile(new FileEntry(Files.size(file), crc.getValue()), Sha256.hex(digest));
  }

  /** Reads a file as it is now. */
  static FileEntry read(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    try (InputStream in =
        new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), crc)) {
      long bytes = in.transferTo(OutputStream.nullOutputStream());
      return new FileEntry(bytes, crc.getValue());
    }
  }
}
