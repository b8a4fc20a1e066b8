package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out from a ledger which steps records went into, while a trainer may be writing it. It
 * reads from the end to the oldest record in question. Of closed segments whose summary shows that
 * none of the records is in them it reads only that, and it keeps one segment in memory at most. So
 * it does not matter how long the ledger is.
 */
public final class LedgerSearch {
  /** The maintenance replaces at most 16 files at once. */
  private static final int MOST_LISTINGS = 20;

  private final RecordStatusResolver records;
  private final List<String> problems = new ArrayList<>();
  private long damaged;
  private String firstDamage = "";

  /** Where a record stands in the topic that is learned from. */
  public record RecordOffset(int partition, long offset) {}

  /** What became of a record. */
  public enum RecordStatusKind {
    /** There is an entry for it. */
    TRAINED,
    /** It lies behind all entries. */
    NOT_YET,
    /** It lies between entries: it was dealt with, and not trained on. */
    PASSED,
    /** It lies before the first entry. */
    BEFORE,
    /** It lies among entries that are no longer kept. */
    RETIRED
  }

  /**
   * What became of a record.
   *
   * @param entry if it was trained on
   * @param undoneAt step of the rollback that undid that, if one did; of one whose entry is gone,
   *     if one may have
   * @param retired the summary in place of the entries that are gone
   */
  public record RecordStatus(
      RecordStatusKind kind,
      Optional<LedgerEntry> entry,
      Optional<Long> undoneAt,
      Optional<LedgerRange> retired) {}

  /**
   * What the ledger says.
   *
   * @param statuses one for each record
   * @param problems about the file; it was read all the same, as far as possible
   */
  public record Result(Map<RecordOffset, RecordStatus> statuses, List<String> problems) {}

  private LedgerSearch(Set<RecordOffset> records) {
    this.records = new RecordStatusResolver(records);
  }

  /**
   * Searches.
   *
   * @param ledger open file, which need not exist
   */
  public static Result search(Path ledger, Set<RecordOffset> records) {
    LedgerFiles files = new LedgerFiles(ledger);
    return search(files, files::list, records);
  }

  /** Lists the closed segments of a ledger. */
  interface SegmentListing {
    LedgerFiles.Listing list() throws IOException;
  }

  static Result search(LedgerFiles files, SegmentListing listing, Set<RecordOffset> records) {
    LedgerSearch search = new LedgerSearch(records);
    search.readAll(files, listing);
    return new Result(search.records.finish(), List.copyOf(search.problems));
  }

  private void readAll(LedgerFiles files, SegmentListing listing) {
    boolean exists = Files.isRegularFile(files.open());
    // The open file first: if it is closed meanwhile, it is read twice rather than not at all.
    if (exists) {
      boolean unused = read(files.open(), () -> new ReverseLineReader(files.open()));
    }
    List<LedgerSegmentFile> segments = list(files, listing);
    if (!exists && segments.isEmpty()) {
      problems.add("there is no " + files.open());
    }
    int listings = 1;
    int next = segments.size() - 1;
    while (next >= 0 && !records.isFinished()) {
      LedgerSegmentFile segment = segments.get(next);
      if (skip(segment) || read(segment.path(), () -> LedgerSegmentReader.reverse(segment))) {
        next--;
      } else if (listings < MOST_LISTINGS) {
        // Another file has taken its place: what was found in it before stays found.
        segments = list(files, listing).stream().filter(s -> s.from() < segment.to()).toList();
        next = segments.size() - 1;
        listings++;
      } else {
        problems.add(segment.path() + " is gone");
        next--;
      }
    }
  }

  private List<LedgerSegmentFile> list(LedgerFiles files, SegmentListing listing) {
    try {
      LedgerFiles.Listing now = listing.list();
      now.problems().stream().filter(p -> !problems.contains(p)).forEach(problems::add);
      return now.segments();
    } catch (IOException e) {
      problems.add(files.folder() + " cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  private interface Opening {
    ReverseLineReader open() throws IOException;
  }

  /**
   * @return false if the file is not there any more
   */
  private boolean read(Path file, Opening opening) {
    long damagedBefore = damaged;
    firstDamage = "";
    try (ReverseLineReader lines = opening.open()) {
      if (lines.rest() > 0) {
        problems.add(
            "the last line of %s is not complete (%d bytes): it is being written, or a crash cut it"
                .formatted(file, lines.rest()));
      }
      long end = lines.position();
      String line = lines.next();
      while (line != null && !records.isFinished()) {
        take(line, end);
        end = lines.position();
        line = lines.next();
      }
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      problems.add(file + " cannot be read further: " + e.getMessage());
    }
    if (damaged > damagedBefore) {
      problems.add(
          "%d lines of %s cannot be read, the last of them ends at byte %s"
              .formatted(damaged - damagedBefore, file, firstDamage));
    }
    return true;
  }

  /** Takes what a segment's summary says, if that is all that it says of the records. */
  private boolean skip(LedgerSegmentFile segment) {
    if (segment.kind() == LedgerSegmentFile.Kind.COMPACTED) {
      // It is short, and its summary does not tell summaries within it apart.
      return false;
    }
    Optional<LedgerRange> summary;
    try {
      summary = LedgerSegmentReader.summary(segment);
    } catch (IOException e) {
      // Reading it fails, too, and says so.
      return false;
    }
    return summary.isPresent() && records.pass(summary.get());
  }

  private void take(String line, long end) {
    if (LineChecksum.isDamaged(line.getBytes(UTF_8))) {
      damaged(end, "it is not what was written");
      return;
    }
    try {
      records.take(line);
    } catch (JsonProcessingException | RuntimeException e) {
      damaged(end, e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private void damaged(long end, String what) {
    damaged++;
    if (firstDamage.isEmpty()) {
      firstDamage = end + ": " + what;
    }
  }
}
