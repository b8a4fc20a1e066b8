package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out from a ledger which steps records went into, while a trainer may be writing it. It
 * reads from the end to the oldest record in question, keeping nothing but the current line, so it
 * does not matter how long the ledger is.
 */
public final class LedgerSearch {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Set<RecordOffset> wanted;
  private final Map<RecordOffset, RecordStatus> statuses = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Partitions of which newer entries than the current one have been seen. */
  private final Set<Integer> newer = new HashSet<>();

  private final List<Rollback> rollbacks = new ArrayList<>();
  private long damaged;
  private String firstDamage = "";

  /** Where a record stands in the topic that is learned from. */
  public record RecordOffset(int partition, long offset) {}

  /** That everything between two steps was undone. */
  private record Rollback(long step, long toStep) {}

  /** What became of a record. */
  public enum RecordStatusKind {
    /** There is an entry for it. */
    TRAINED,
    /** It lies behind all entries. */
    NOT_YET,
    /** It lies between entries: it was dealt with, and not trained on. */
    PASSED,
    /** It lies before the first entry. */
    BEFORE
  }

  /**
   * What became of a record.
   *
   * @param entry if it was trained on
   * @param undoneAt step of the rollback that undid that, if one did
   */
  public record RecordStatus(
      RecordStatusKind kind, Optional<LedgerEntry> entry, Optional<Long> undoneAt) {}

  /**
   * What the ledger says.
   *
   * @param statuses one for each record
   * @param problems about the file; it was read all the same, as far as possible
   */
  public record Result(Map<RecordOffset, RecordStatus> statuses, List<String> problems) {}

  private LedgerSearch(Set<RecordOffset> records) {
    wanted = new HashSet<>(records);
  }

  /**
   * Searches.
   *
   * @param ledger need not exist
   */
  public static Result search(Path ledger, Set<RecordOffset> records) {
    LedgerSearch search = new LedgerSearch(records);
    if (Files.isRegularFile(ledger)) {
      search.read(ledger);
    } else {
      search.problems.add("there is no " + ledger);
    }
    for (RecordOffset record : List.copyOf(search.wanted)) {
      boolean known = search.newer.contains(record.partition());
      search.settle(record, known ? RecordStatusKind.BEFORE : RecordStatusKind.NOT_YET);
    }
    return new Result(Map.copyOf(search.statuses), List.copyOf(search.problems));
  }

  private void read(Path ledger) {
    try (ReverseLineReader lines = new ReverseLineReader(ledger)) {
      if (lines.rest() > 0) {
        problems.add(
            "the last line of %s is not complete (%d bytes): it is being written, or a crash cut it"
                .formatted(ledger, lines.rest()));
      }
      long end = lines.position();
      String line = lines.next();
      while (line != null && !wanted.isEmpty()) {
        take(line, end);
        end = lines.position();
        line = lines.next();
      }
    } catch (IOException e) {
      problems.add(ledger + " cannot be read further: " + e.getMessage());
    }
    if (damaged > 0) {
      problems.add(
          "%d lines of %s cannot be read, the last of them ends at byte %s"
              .formatted(damaged, ledger, firstDamage));
    }
  }

  private void take(String line, long end) {
    if (LineChecksum.isDamaged(line.getBytes(UTF_8))) {
      damaged(end, "it is not what was written");
      return;
    }
    try {
      if (line.contains("\"event\":\"rollback\"")) {
        rollback(JSON.readTree(line));
      } else if (line.contains("\"event\":\"topic_changed\"")) {
        topicChanged(JSON.readTree(line).path("details"));
      } else if (isOfInterest(line)) {
        take(JSON.readValue(line, LedgerEntry.class));
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      damaged(end, e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private void damaged(long end, String what) {
    damaged++;
    if (damaged == 1) {
      firstDamage = end + ": " + what;
    }
  }

  /** Whether it names a partition in question; most lines of a long ledger need no parsing. */
  private boolean isOfInterest(String line) {
    return wanted.stream().anyMatch(record -> line.contains("\"" + record.partition() + "\":["));
  }

  private void rollback(JsonNode event) {
    rollbacks.add(
        new Rollback(
            event.path("step").asLong(),
            Long.parseLong(event.path("details").path("to_step").asText())));
  }

  /**
   * What stands before it is of another topic, or another stretch of it, under the same numbers.
   */
  private void topicChanged(JsonNode details) {
    if (details.path("went_on").asText().equals("keep")) {
      return;
    }
    Set<String> moved = new HashSet<>();
    for (String begin : details.path("offsets").asText().split(" ", -1)) {
      moved.add(begin.substring(0, Math.max(0, begin.indexOf('@'))));
    }
    boolean all = !details.path("reason").asText().equals("beyond_end");
    for (RecordOffset record : List.copyOf(wanted)) {
      if (all || moved.contains(Integer.toString(record.partition()))) {
        boolean known = newer.contains(record.partition());
        settle(record, known ? RecordStatusKind.BEFORE : RecordStatusKind.NOT_YET);
      }
    }
  }

  private void take(LedgerEntry entry) {
    for (RecordOffset record : List.copyOf(wanted)) {
      List<Long> range = entry.offsets().get(record.partition());
      if (range == null) {
        continue;
      }
      if (record.offset() > range.get(1)) {
        boolean known = newer.contains(record.partition());
        settle(record, known ? RecordStatusKind.PASSED : RecordStatusKind.NOT_YET);
      } else if (record.offset() >= range.get(0)) {
        wanted.remove(record);
        statuses.put(
            record, new RecordStatus(RecordStatusKind.TRAINED, Optional.of(entry), undone(entry)));
      }
    }
    newer.addAll(entry.offsets().keySet());
  }

  /** The last rollback behind an entry to a step before it. */
  private Optional<Long> undone(LedgerEntry entry) {
    return rollbacks.stream()
        .filter(rollback -> rollback.toStep() < entry.firstStep())
        .map(Rollback::step)
        .findFirst();
  }

  private void settle(RecordOffset record, RecordStatusKind kind) {
    wanted.remove(record);
    statuses.put(record, new RecordStatus(kind, Optional.empty(), Optional.empty()));
  }
}
