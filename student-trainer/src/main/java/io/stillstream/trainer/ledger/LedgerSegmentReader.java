package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Reads closed segments. */
final class LedgerSegmentReader {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final int BLOCK = 1 << 16;

  /** A search reads many summaries, and little of each file. */
  private static final int SUMMARY_BLOCK = 1 << 12;

  /** Longer than any line that was ever written; what is longer is damage. */
  static final int LONGEST_LINE = 4 << 20;

  private LedgerSegmentReader() {}

  /** Takes lines, without their line feeds. */
  interface LineConsumer {
    /** Whether to go on with the next one. */
    boolean accept(byte[] line) throws IOException;
  }

  /**
   * The summary in the first line; empty where there is none, or where it is damaged.
   *
   * @throws IOException if not even that can be read
   */
  static Optional<LedgerRange> summary(LedgerSegmentFile segment) throws IOException {
    if (segment.kind() == LedgerSegmentFile.Kind.UNSPLIT) {
      return Optional.empty();
    }
    try (InputStream in = all(segment, SUMMARY_BLOCK)) {
      byte[] line = firstLine(in);
      if (LineChecksum.isDamaged(line)) {
        return Optional.empty();
      }
      JsonNode summary = JSON.readTree(line).path("segment");
      return summary.isObject()
          ? Optional.of(JSON.treeToValue(summary, LedgerRange.class))
          : Optional.empty();
    } catch (RuntimeException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The summary, made anew where it is missing. */
  static LedgerRange range(LedgerSegmentFile segment) throws IOException {
    Optional<LedgerRange> summary = summary(segment);
    if (summary.isPresent()) {
      return summary.get();
    }
    LedgerRangeBuilder builder = new LedgerRangeBuilder();
    try (InputStream in = open(segment)) {
      forEachLine(
          in,
          line -> {
            builder.add(line);
            return true;
          });
    }
    return builder.build(segment.from(), segment.to());
  }

  /**
   * What the segment has of the ledger, from its first byte, without the summary. Of a compacted
   * one, what stands in its place.
   */
  static InputStream open(LedgerSegmentFile segment) throws IOException {
    InputStream in = all(segment);
    try {
      if (segment.kind() == LedgerSegmentFile.Kind.UNSPLIT) {
        in.skipNBytes(segment.from());
      } else {
        byte[] unused = firstLine(in);
      }
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static InputStream all(LedgerSegmentFile segment) throws IOException {
    return all(segment, BLOCK);
  }

  private static InputStream all(LedgerSegmentFile segment, int block) throws IOException {
    InputStream file = Files.newInputStream(segment.path());
    try {
      return new BufferedInputStream(
          segment.kind().isCompressed() ? new GZIPInputStream(file, block) : file, block);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static byte[] firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      if (line.size() == LONGEST_LINE) {
        throw new IOException("the first line has more than " + LONGEST_LINE + " bytes");
      }
      line.write(next);
      next = in.read();
    }
    return line.toByteArray();
  }

  /** Reads lines to the end, the last one whether it has a line feed or not. */
  static void forEachLine(InputStream in, LineConsumer lines) throws IOException {
    byte[] block = new byte[BLOCK];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = in.read(block);
    while (read >= 0) {
      int begin = 0;
      for (int i = 0; i < read; i++) {
        if (block[i] == '\n' || line.size() + i - begin == LONGEST_LINE) {
          int end = block[i] == '\n' ? i : i + 1;
          line.write(block, begin, end - begin);
          if (!lines.accept(line.toByteArray())) {
            return;
          }
          line.reset();
          begin = i + 1;
        }
      }
      line.write(block, begin, read - begin);
      read = in.read(block);
    }
    if (line.size() > 0) {
      boolean unused = lines.accept(line.toByteArray());
    }
  }

  /**
   * The lines from the last to the first. The summary may be the first one. A compressed segment is
   * read into memory.
   */
  static ReverseLineReader reverse(LedgerSegmentFile segment) throws IOException {
    if (segment.kind() == LedgerSegmentFile.Kind.UNSPLIT) {
      return new ReverseLineReader(segment.path(), segment.from(), segment.to());
    }
    if (!segment.kind().isCompressed()) {
      return new ReverseLineReader(segment.path());
    }
    long most = Math.min(LedgerSettings.LONGEST_SEGMENT, segment.to() - segment.from());
    try (InputStream in = open(segment)) {
      byte[] content;
      if (segment.kind() == LedgerSegmentFile.Kind.COMPACTED) {
        content = in.readNBytes((int) LedgerSettings.LONGEST_SEGMENT);
      } else {
        content = new byte[(int) most];
        int length = in.readNBytes(content, 0, content.length);
        content = length < content.length ? Arrays.copyOf(content, length) : content;
      }
      if (in.read() >= 0) {
        throw new IOException(segment.path() + " is longer than its name says");
      }
      return new ReverseLineReader(segment.path(), content);
    }
  }
}
