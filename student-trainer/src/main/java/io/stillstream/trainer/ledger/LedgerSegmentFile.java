package io.stillstream.trainer.ledger;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A closed segment of the ledger. Its name says what part of the ledger it is, so that a listing of
 * the directory is a table of contents: {@code 000000012345-33554000-67108500-0a1b2c3d.jsonl.gz} is
 * first step, first byte, byte after the last one, and the CRC-32C of the file. Bytes are counted
 * over all lines that were ever written.
 *
 * @param firstStep of its lines
 * @param from first byte of the ledger that it stands for
 * @param to byte behind the last one
 */
public record LedgerSegmentFile(Path path, Kind kind, long firstStep, long from, long to) {
  private static final Pattern NAME =
      Pattern.compile("(\\d{12,18})-(\\d{1,18})-(\\d{1,18})-[0-9a-f]{8}(\\..*)");

  /** What is in the file, the last to be preferred. */
  public enum Kind {
    /**
     * The file of an earlier version, as it was: it has no summary, and may go on behind its end.
     */
    UNSPLIT(".unsplit.jsonl"),
    /** A summary, and the lines. */
    PLAIN(".jsonl"),
    /** The same in gzip. */
    COMPRESSED(".jsonl.gz"),
    /** A summary, and summaries and events in place of the lines, in gzip. */
    COMPACTED(".compacted.jsonl.gz");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }

    boolean isCompressed() {
      return this == COMPRESSED || this == COMPACTED;
    }
  }

  /** A segment by its name; empty for a file that is none. */
  public static Optional<LedgerSegmentFile> of(Path path) {
    Matcher matcher = NAME.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      if (matcher.group(4).equals(kind.suffix)) {
        return Optional.of(
            new LedgerSegmentFile(
                path,
                kind,
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3))));
      }
    }
    return Optional.empty();
  }

  static String name(Kind kind, long firstStep, long from, long to, long crc) {
    return String.format(
        Locale.ROOT, "%012d-%d-%d-%08x%s", Math.max(0, firstStep), from, to, crc, kind.suffix);
  }

  /** Whether its name has this CRC-32C. */
  boolean hasChecksum(long crc) {
    return path.getFileName().toString().contains(String.format(Locale.ROOT, "-%08x.", crc));
  }

  /** Name of an earlier version's file that ends at a byte. */
  public static String unsplitName(long to) {
    return name(Kind.UNSPLIT, 0, 0, to, 0);
  }

  /** Whether they have bytes of the ledger in common. */
  public boolean overlaps(LedgerSegmentFile other) {
    return from < other.to && other.from < to;
  }

  /** The same file, of which only what stands from a byte on counts. */
  LedgerSegmentFile startingAt(long byteInLedger) {
    return new LedgerSegmentFile(path, kind, firstStep, byteInLedger, to);
  }
}
