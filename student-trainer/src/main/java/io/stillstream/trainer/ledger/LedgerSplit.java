package io.stillstream.trainer.ledger;

import io.stillstream.trainer.files.DurableFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Divides the file of an earlier version into segments, from its beginning. The file goes when all
 * of it has become segments; until then it is read where there is no segment yet.
 */
final class LedgerSplit {
  private static final int BLOCK = 1 << 16;

  private final LedgerFiles files;
  private final long segmentBytes;
  private final LedgerSegmentWriter writer;
  private final DurableFiles disk;

  LedgerSplit(LedgerFiles files, long segmentBytes, LedgerSegmentWriter writer, DurableFiles disk) {
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.writer = writer;
    this.disk = disk;
  }

  /**
   * Makes the next segment, or deletes the file when there is nothing left.
   *
   * @param segments of the ledger, in their order
   */
  void next(LedgerSegmentFile unsplit, List<LedgerSegmentFile> segments) throws IOException {
    Optional<LedgerSegmentFile> rest =
        segments.stream()
            .filter(segment -> segment.kind() == LedgerSegmentFile.Kind.UNSPLIT)
            .findFirst();
    if (rest.isEmpty()) {
      disk.delete(unsplit.path());
      disk.sync(files.folder());
      return;
    }
    long from = rest.get().from();
    long left = unsplit.to() - from;
    LedgerRangeBuilder range = new LedgerRangeBuilder();
    AtomicLong size = new AtomicLong();
    try (InputStream in = LedgerSegmentReader.open(rest.get())) {
      LedgerSegmentReader.forEachLine(
          in,
          line -> {
            range.add(line);
            return size.addAndGet(line.length + 1L) < Math.min(left, segmentBytes);
          });
    }
    long length = Math.min(size.get(), left);
    if (length == 0) {
      throw new EOFException(unsplit.path() + " is shorter than its name says");
    }
    LedgerSegmentFile unused =
        writer.write(
            LedgerSegmentFile.Kind.COMPRESSED,
            range.build(from, from + length),
            out -> copy(rest.get(), length, out));
  }

  private static void copy(LedgerSegmentFile segment, long length, OutputStream out)
      throws IOException {
    byte[] block = new byte[BLOCK];
    try (InputStream in = LedgerSegmentReader.open(segment)) {
      for (long left = length; left > 0; ) {
        int read = in.readNBytes(block, 0, (int) Math.min(BLOCK, left));
        if (read == 0) {
          throw new EOFException(segment.path() + " is shorter than its name says");
        }
        out.write(block, 0, read);
        left -= read;
      }
    }
  }
}
