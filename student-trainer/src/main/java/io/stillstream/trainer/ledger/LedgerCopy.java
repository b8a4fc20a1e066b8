package io.stillstream.trainer.ledger;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies the first bytes of a ledger's file into another one, and looks at every line. */
final class LedgerCopy {
  private static final int BLOCK = 1 << 20;

  private final LedgerRangeBuilder range = new LedgerRangeBuilder();
  private long damaged;
  private long firstDamaged = -1;
  private boolean wholeLines = true;

  private LedgerCopy() {}

  /** Of a file with nothing in it. */
  static LedgerCopy empty() {
    return new LedgerCopy();
  }

  /**
   * Copies; what is damaged is copied as it is.
   *
   * @throws IOException if there are fewer bytes
   */
  static LedgerCopy run(InputStream from, long length, Path to) throws IOException {
    LedgerCopy copy = new LedgerCopy();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), BLOCK)) {
      copy.run(from, length, out);
    }
    return copy;
  }

  private void run(InputStream in, long length, OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long at = 0;
    while (at < length) {
      int read = in.read(block, 0, (int) Math.min(BLOCK, length - at));
      if (read < 0) {
        throw new EOFException("the ledger ends at byte " + at + ", before " + length);
      }
      out.write(block, 0, read);
      int begin = 0;
      for (int i = 0; i < read; i++) {
        if (block[i] == '\n') {
          line.write(block, begin, i - begin);
          take(line.toByteArray(), at + i - line.size());
          line.reset();
          begin = i + 1;
        }
      }
      line.write(block, begin, read - begin);
      at += read;
    }
    if (line.size() > 0) {
      wholeLines = false;
      damaged(length - line.size());
    }
  }

  private void take(byte[] line, long begin) {
    if (LineChecksum.isDamaged(line)) {
      damaged(begin);
    } else {
      range.add(line);
    }
  }

  private void damaged(long begin) {
    damaged++;
    firstDamaged = firstDamaged < 0 ? begin : firstDamaged;
  }

  /** Lines that are not what was written. */
  long damaged() {
    return damaged;
  }

  /** Where the first of them begins; −1 if there is none. */
  long firstDamaged() {
    return firstDamaged;
  }

  /** Whether the last one has its line feed. */
  boolean hasWholeLines() {
    return wholeLines;
  }

  /** What the lines say; more can be added to it. */
  LedgerRangeBuilder range() {
    return range;
  }
}
