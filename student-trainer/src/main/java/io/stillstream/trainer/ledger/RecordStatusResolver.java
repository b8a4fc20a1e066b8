package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatus;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatusKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says what became of records, from the lines of a ledger, which it gets from the last one on. */
final class RecordStatusResolver {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Set<RecordOffset> wanted;
  private final Map<RecordOffset, RecordStatus> statuses = new HashMap<>();

  /** Partitions of which newer entries than the current one have been seen. */
  private final Set<Integer> newer = new HashSet<>();

  private final List<Rollback> rollbacks = new ArrayList<>();

  /** That everything between two steps was undone. */
  private record Rollback(long step, long toStep) {}

  RecordStatusResolver(Set<RecordOffset> records) {
    wanted = new HashSet<>(records);
  }

  /** Whether all is known, and no further line is needed. */
  boolean isFinished() {
    return wanted.isEmpty();
  }

  /** What became of each, when there are no more lines. */
  Map<RecordOffset, RecordStatus> finish() {
    for (RecordOffset record : List.copyOf(wanted)) {
      settleUnseen(record);
    }
    return Map.copyOf(statuses);
  }

  /** Takes a line, which is what was written. */
  void take(String line) throws JsonProcessingException {
    if (line.startsWith("{\"segment\":")) {
      // What it sums up has been taken line by line.
      return;
    }
    if (line.startsWith("{\"removed\":")) {
      retired(JSON.treeToValue(JSON.readTree(line).path("removed"), LedgerRange.class));
    } else if (line.contains("\"event\":\"rollback\"")) {
      rollback(JSON.readTree(line));
    } else if (line.contains("\"event\":\"topic_changed\"")) {
      topicChanged(JSON.readTree(line).path("details"));
    } else if (isOfInterest(line)) {
      take(JSON.readValue(line, LedgerEntry.class));
    }
  }

  /**
   * Takes a summary in place of the lines, if that is enough.
   *
   * @return whether it was; else nothing has happened
   */
  boolean pass(LedgerRange summary) {
    if (summary.topicChanged() || wanted.stream().anyMatch(record -> isWithin(record, summary))) {
      return false;
    }
    List<List<Long>> undone = summary.rollbacks();
    for (int i = undone.size() - 1; i >= 0; i--) {
      rollbacks.add(new Rollback(undone.get(i).get(0), undone.get(i).get(1)));
    }
    pass(summary.offsets());
    return true;
  }

  /** Whether it names a partition in question; most lines of a long ledger need no parsing. */
  private boolean isOfInterest(String line) {
    return wanted.stream().anyMatch(record -> line.contains("\"" + record.partition() + "\":["));
  }

  private static boolean isWithin(RecordOffset record, LedgerRange summary) {
    List<Long> range = summary.offsets().get(record.partition());
    return range != null && record.offset() >= range.get(0) && record.offset() <= range.get(1);
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
        settleUnseen(record);
      }
    }
  }

  private void take(LedgerEntry entry) {
    for (RecordOffset record : List.copyOf(wanted)) {
      List<Long> range = entry.offsets().get(record.partition());
      if (range != null && record.offset() >= range.get(0) && record.offset() <= range.get(1)) {
        settle(
            record,
            new RecordStatus(
                RecordStatusKind.TRAINED,
                Optional.of(entry),
                undone(entry.firstStep()),
                Optional.empty()));
      }
    }
    pass(entry.offsets());
  }

  private void retired(LedgerRange summary) {
    for (RecordOffset record : List.copyOf(wanted)) {
      if (isWithin(record, summary)) {
        settle(
            record,
            new RecordStatus(
                RecordStatusKind.RETIRED,
                Optional.empty(),
                undone(summary.lastStep()),
                Optional.of(summary)));
      }
    }
    pass(summary.offsets());
  }

  /** Settles what lies behind a range, and in none of the later ones. */
  private void pass(Map<Integer, List<Long>> offsets) {
    for (RecordOffset record : List.copyOf(wanted)) {
      List<Long> range = offsets.get(record.partition());
      if (range != null && record.offset() > range.get(1)) {
        boolean known = newer.contains(record.partition());
        settle(record, known ? RecordStatusKind.PASSED : RecordStatusKind.NOT_YET);
      }
    }
    newer.addAll(offsets.keySet());
  }

  /** The last rollback behind a step to one before it. */
  private Optional<Long> undone(long step) {
    return rollbacks.stream()
        .filter(rollback -> rollback.toStep() < step)
        .map(Rollback::step)
        .findFirst();
  }

  /** Nothing before this is of the same topic. */
  private void settleUnseen(RecordOffset record) {
    boolean known = newer.contains(record.partition());
    settle(record, known ? RecordStatusKind.BEFORE : RecordStatusKind.NOT_YET);
  }

  private void settle(RecordOffset record, RecordStatusKind kind) {
    settle(record, new RecordStatus(kind, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private void settle(RecordOffset record, RecordStatus status) {
    wanted.remove(record);
    statuses.put(record, status);
  }
}
