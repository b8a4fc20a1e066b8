package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes closed segments: aside, and under their names when all of it is on the medium. A segment
 * that has its name never changes.
 */
final class LedgerSegmentWriter {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BLOCK = 1 << 16;

  private final LedgerFiles files;
  private final DirectoryLock lock;
  private final DurableFiles disk;

  /** What comes behind the summary. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  LedgerSegmentWriter(LedgerFiles files, DirectoryLock lock, DurableFiles disk) {
    this.files = files;
    this.lock = lock;
    this.disk = disk;
  }

  /**
   * Writes a segment; it is durable on return.
   *
   * @throws IllegalStateException if another trainer took over
   */
  LedgerSegmentFile write(LedgerSegmentFile.Kind kind, LedgerRange range, Content content)
      throws IOException {
    String name = "segment-" + kind.name().toLowerCase(Locale.ROOT);
    Path aside = lock.temporaryPath(files.folder().resolve(name));
    try {
      CRC32C crc = new CRC32C();
      try (OutputStream file =
              new CheckedOutputStream(
                  new BufferedOutputStream(Files.newOutputStream(aside), BLOCK), crc);
          OutputStream out = kind.isCompressed() ? new GZIPOutputStream(file, BLOCK) : file) {
        out.write(line("segment", range));
        content.writeTo(out);
      }
      disk.sync(aside);
      Path target =
          files
              .folder()
              .resolve(
                  LedgerSegmentFile.name(
                      kind, range.firstStep(), range.from(), range.to(), crc.getValue()));
      lock.publish(aside, target);
      return LedgerSegmentFile.of(target).orElseThrow();
    } catch (IOException | RuntimeException e) {
      removeQuietly(aside, e);
      throw e;
    }
  }

  private static void removeQuietly(Path aside, Exception e) {
    try {
      Files.deleteIfExists(aside);
    } catch (IOException leftover) {
      e.addSuppressed(leftover);
    }
  }

  /** A summary as a line, with its line feed. */
  static byte[] line(String key, LedgerRange range) {
    try {
      String json = "{\"%s\":%s}".formatted(key, JSON.writeValueAsString(range));
      return (LineChecksum.added(json) + "\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are always JSON", e);
    }
  }
}
