package io.stillstream.bench.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * A ledger as a trainer writes it: closed segments, compressed, and an open file that is half full.
 * Its lines have no checksums, as those of an early version; each tells of a batch of 128 views
 * from three partitions and of four steps.
 */
final class SyntheticLedger {
  static final int PARTITIONS = 3;
  static final int OFFSETS_PER_BATCH = 43;
  private static final int STEPS = 4;
  private static final int BLOCK = 1 << 16;
  private static final int LOSSES = 1 << 12;

  private final Path file;
  private final long segmentBytes;
  private final String[] losses = new String[LOSSES];
  private long batches;
  private long length;

  /**
   * @param file open one
   */
  SyntheticLedger(Path file, long segmentBytes) {
    this.file = file;
    this.segmentBytes = segmentBytes;
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < LOSSES; i++) {
      losses[i] = Double.toString(2 * random.nextDouble());
    }
  }

  /** Writes segments until there are so many bytes, and the open file. */
  void write(long bytes) throws IOException {
    Path folder = Files.createDirectories(file.resolveSibling("ledger"));
    while (length + segmentBytes <= bytes) {
      segment(folder);
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BLOCK)) {
      lines(out, segmentBytes / 2);
    }
  }

  private void segment(Path folder) throws IOException {
    long from = length;
    long firstBatch = batches;
    Path aside = folder.resolve("segment");
    // The summary comes first, so the lines are counted before they are written.
    long[] counted = count();
    long to = from + counted[0];
    long lastBatch = firstBatch + counted[1] - 1;
    try (OutputStream out = new FastGzip(Files.newOutputStream(aside))) {
      StringBuilder offsets = new StringBuilder();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        offsets
            .append(partition == 0 ? "" : ",")
            .append(
                "\"%d\":[%d,%d]"
                    .formatted(
                        partition,
                        firstBatch * OFFSETS_PER_BATCH,
                        (lastBatch + 1) * OFFSETS_PER_BATCH - 1));
      }
      out.write(
          ("{\"segment\":{\"from\":%d,\"to\":%d,\"first_step\":%d,\"last_step\":%d,\"offsets\":{%s},"
                  + "\"batches\":%d,\"views\":%d}}\n")
              .formatted(
                  from,
                  to,
                  firstBatch * STEPS + 1,
                  (lastBatch + 1) * STEPS,
                  offsets,
                  counted[1],
                  128 * counted[1])
              .getBytes(US_ASCII));
      lines(out, segmentBytes);
    }
    Files.move(
        aside,
        folder.resolve(
            String.format(
                Locale.ROOT,
                "%012d-%d-%d-%08x.jsonl.gz",
                firstBatch * STEPS + 1,
                from,
                length,
                from & 0xffffffffL)));
    if (length != to) {
      throw new IllegalStateException("counted " + to + " bytes and wrote " + length);
    }
  }

  /** Bytes and lines of the next segment. */
  private long[] count() {
    long bytes = 0;
    long lines = 0;
    StringBuilder line = new StringBuilder();
    while (bytes < segmentBytes) {
      line.setLength(0);
      append(line, batches + lines);
      bytes += line.length();
      lines++;
    }
    return new long[] {bytes, lines};
  }

  private void lines(OutputStream out, long most) throws IOException {
    long end = length + most;
    StringBuilder line = new StringBuilder();
    while (length < end) {
      line.setLength(0);
      append(line, batches);
      out.write(line.toString().getBytes(US_ASCII));
      length += line.length();
      batches++;
    }
  }

  private void append(StringBuilder line, long batch) {
    line.append("{\"epoch\":3,\"time\":\"2026-11-30T15:")
        .append((char) ('0' + batch / 600 % 6))
        .append((char) ('0' + batch / 60 % 10))
        .append(':')
        .append((char) ('0' + batch / 10 % 6))
        .append((char) ('0' + batch % 10))
        .append("Z\",\"first_step\":")
        .append(batch * STEPS + 1)
        .append(",\"last_step\":")
        .append((batch + 1) * STEPS)
        .append(",\"offsets\":{");
    for (int partition = 0; partition < PARTITIONS; partition++) {
      line.append(partition == 0 ? "\"" : ",\"")
          .append(partition)
          .append("\":[")
          .append(batch * OFFSETS_PER_BATCH)
          .append(',')
          .append((batch + 1) * OFFSETS_PER_BATCH - 1)
          .append(']');
    }
    line.append("},\"views\":128,\"teachers\":[\"fashion-resnet16@1\"],\"rate\":0.02,\"loss\":[");
    for (int step = 0; step < STEPS; step++) {
      // A function of the number, so that counting and writing agree.
      long mixed = (batch * STEPS + step) * 0x9E3779B97F4A7C15L;
      line.append(step == 0 ? "" : ",").append(losses[(int) (mixed >>> 52)]);
    }
    line.append("]}\n");
  }

  /** Bytes of the ledger, those of lines that are compressed included. */
  long length() {
    return length;
  }

  /** Lines, which are batches from 0. */
  long batches() {
    return batches;
  }

  /** A generator's time counts more than the size of what it makes. */
  private static final class FastGzip extends GZIPOutputStream {
    private FastGzip(OutputStream out) throws IOException {
      super(out, BLOCK);
      def.setLevel(1);
    }
  }
}
