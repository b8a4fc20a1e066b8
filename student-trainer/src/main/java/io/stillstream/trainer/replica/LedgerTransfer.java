package io.stillstream.trainer.replica;

import io.stillstream.trainer.replica.ReplicaManifest.LedgerSegment;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The ledger, to the store and back, in stretches. The last one is sent again with what has come
 * since, until it is long enough: so there are few of them, however many checkpoints there were.
 */
final class LedgerTransfer {
  private static final int ENOUGH = 8 << 20;

  private final ChunkedTransfer parts;
  private final Path ledger;

  LedgerTransfer(ChunkedTransfer parts, Path ledger) {
    this.parts = parts;
    this.ledger = ledger;
  }

  /**
   * The stretches, from the first, that are in the file as they are in the store.
   *
   * @param bytes length that a checkpoint knows; what is behind it may be cut off and written anew
   */
  List<LedgerSegment> matching(List<LedgerSegment> segments, long bytes) throws IOException {
    List<LedgerSegment> matching = new ArrayList<>();
    long size = Files.exists(ledger) ? Math.min(bytes, Files.size(ledger)) : 0;
    for (LedgerSegment segment : segments) {
      if (segment.to() > size
          || !ChunkedTransfer.sha256(ledger, segment.from(), segment.to())
              .equals(segment.part().sha256())) {
        break;
      }
      matching.add(segment);
    }
    return matching;
  }

  /**
   * Sends what a checkpoint knows of, and the store does not.
   *
   * @param segments that are in the store, and as in the file
   * @param bytes length of the ledger that the checkpoint knows
   */
  List<LedgerSegment> send(List<LedgerSegment> segments, long bytes, String run)
      throws IOException {
    List<LedgerSegment> all = new ArrayList<>(segments);
    // Beyond its end, of a training that was undone.
    all.removeIf(segment -> segment.to() > bytes);
    boolean done = bytes == 0 || (!all.isEmpty() && all.get(all.size() - 1).to() == bytes);
    if (done) {
      return all;
    }
    if (!all.isEmpty() && all.get(all.size() - 1).part().bytes() < ENOUGH) {
      all.remove(all.size() - 1);
    }
    long from = all.isEmpty() ? 0 : all.get(all.size() - 1).to();
    String key = "%s/ledger/%d-%d".formatted(run, from, bytes);
    for (ReplicaManifest.ObjectRef part : parts.send(ledger, from, bytes, key)) {
      all.add(new LedgerSegment(from, part));
      from += part.bytes();
    }
    return all;
  }

  /** Writes the first bytes of the ledger into a file. */
  void fetch(List<LedgerSegment> segments, long bytes, Path into) throws IOException {
    long there = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).to();
    if (there < bytes) {
      throw new CorruptObjectException(
          "the ledger has " + there + " bytes in the store, the checkpoint knows of " + bytes);
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(into))) {
      for (LedgerSegment segment : segments) {
        if (segment.from() < bytes) {
          byte[] part = parts.fetch(segment.part());
          out.write(part, 0, (int) Math.min(part.length, bytes - segment.from()));
        }
      }
    }
  }
}
