package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which segments are old enough to lose their lines, and what stays of them: a summary for each
 * stretch of lines about steps, and all lines about anything else. A stretch ends where the topic
 * became another one, since the same offsets are of something else behind that.
 */
final class LedgerCompaction {
  private static final JsonMapper JSON = new JsonMapper();

  /** A compacted segment takes those behind it up to this size, so that there are few of them. */
  private static final long ENOUGH = 1 << 20;

  private static final int MOST_AT_ONCE = 16;

  private final Optional<Duration> retention;
  private final InstantSource clock;

  LedgerCompaction(Optional<Duration> retention, InstantSource clock) {
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * The segments to be compacted next, which follow one another; empty if there are none.
   *
   * @param segments in their order
   */
  List<LedgerSegmentFile> next(List<LedgerSegmentFile> segments) throws IOException {
    if (retention.isEmpty()) {
      return List.of();
    }
    Instant before = clock.instant().minus(retention.get());
    List<LedgerSegmentFile> next = new ArrayList<>();
    LedgerSegmentFile former = null;
    for (LedgerSegmentFile segment : segments) {
      if (next.size() == MOST_AT_ONCE) {
        break;
      }
      boolean isCompacted = segment.kind() == LedgerSegmentFile.Kind.COMPACTED;
      if (isCompacted && next.isEmpty()) {
        former = segment;
        continue;
      }
      boolean follows = next.isEmpty() || next.get(next.size() - 1).to() == segment.from();
      if (isCompacted || !follows || !isExpired(segment, before)) {
        break;
      }
      next.add(segment);
    }
    if (!next.isEmpty()
        && former != null
        && former.to() == next.get(0).from()
        && Files.size(former.path()) < ENOUGH) {
      next.add(0, former);
    }
    return next;
  }

  /** Whether its last line is old enough; without times in its lines, whether the file is. */
  private static boolean isExpired(LedgerSegmentFile segment, Instant before) throws IOException {
    Instant last = Files.getLastModifiedTime(segment.path()).toInstant();
    try {
      String time = LedgerSegmentReader.summary(segment).map(LedgerRange::lastTime).orElse(null);
      last = time == null ? last : Instant.parse(time);
    } catch (IOException | DateTimeParseException e) {
      // The file is younger than its lines, so nothing goes too early.
      return last.isBefore(before);
    }
    return last.isBefore(before);
  }

  /** What all of them hold. */
  static LedgerRange range(List<LedgerSegmentFile> segments) throws IOException {
    LedgerRangeBuilder builder = new LedgerRangeBuilder();
    for (LedgerSegmentFile segment : segments) {
      builder.add(LedgerSegmentReader.range(segment));
    }
    return builder.build(segments.get(0).from(), segments.get(segments.size() - 1).to());
  }

  /** Writes what stays of them. */
  static void write(List<LedgerSegmentFile> segments, OutputStream out) throws IOException {
    for (LedgerSegmentFile segment : segments) {
      try (InputStream in = LedgerSegmentReader.open(segment)) {
        if (segment.kind() == LedgerSegmentFile.Kind.COMPACTED) {
          in.transferTo(out);
        } else {
          Stretches stretches = new Stretches(segment, out);
          LedgerSegmentReader.forEachLine(in, stretches::take);
          stretches.end();
        }
      }
    }
  }

  /** Makes summaries of the lines of a segment. */
  private static final class Stretches {
    private final LedgerSegmentFile segment;
    private final OutputStream out;
    private final List<byte[]> events = new ArrayList<>();
    private LedgerRangeBuilder range = new LedgerRangeBuilder();

    private Stretches(LedgerSegmentFile segment, OutputStream out) {
      this.segment = segment;
      this.out = out;
    }

    private boolean take(byte[] line) throws IOException {
      if (line.length == 0 || LineChecksum.isDamaged(line)) {
        return true;
      }
      JsonNode json;
      try {
        json = JSON.readTree(line);
        if (!json.has("event")) {
          range.add(json);
          return true;
        }
      } catch (JsonProcessingException | RuntimeException e) {
        // An earlier version wrote no checksums. A line that says nothing is not kept.
        return true;
      }
      events.add(line);
      if (LedgerRangeBuilder.isTopicChange(json)) {
        end();
      }
      return true;
    }

    /** Events follow the summary of the stretch that they are in. */
    private void end() throws IOException {
      LedgerRange summary = range.build(segment.from(), segment.to());
      if (summary.batches() > 0) {
        out.write(LedgerSegmentWriter.line("removed", summary));
      }
      for (byte[] event : events) {
        out.write(event);
        out.write('\n');
      }
      events.clear();
      range = new LedgerRangeBuilder();
    }
  }
}
