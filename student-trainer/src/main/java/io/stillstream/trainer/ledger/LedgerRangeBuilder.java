package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums lines up. What it needs does not grow with their number, but with that of partitions,
 * teachers and rollbacks.
 */
final class LedgerRangeBuilder {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Map<Integer, List<Long>> offsets = new TreeMap<>();
  private final Map<String, Long> teachers = new TreeMap<>();
  private final List<List<Long>> rollbacks = new ArrayList<>();
  private long firstStep = Long.MAX_VALUE;
  private long lastStep;
  private String firstTime;
  private String lastTime;
  private long batches;
  private long views;
  private long events;
  private boolean topicChanged;

  /** Adds a line; one that is damaged says nothing. */
  void add(byte[] line) {
    if (line.length == 0 || LineChecksum.isDamaged(line)) {
      return;
    }
    try {
      add(JSON.readTree(line));
    } catch (IOException | RuntimeException e) {
      // It has no checksum, and is not what an earlier version wrote: a search says so.
      return;
    }
  }

  void add(JsonNode line) throws JsonProcessingException {
    if (line.has("removed")) {
      add(JSON.treeToValue(line.get("removed"), LedgerRange.class));
    } else if (line.has("event")) {
      events++;
      steps(line.path("step").asLong(), line.path("step").asLong());
      event(line);
    } else if (line.has("first_step")) {
      batch(JSON.treeToValue(line, LedgerEntry.class));
    }
    String time = line.path("time").asText("");
    if (!time.isEmpty()) {
      times(time, time);
    }
  }

  private void event(JsonNode line) {
    if (isRollback(line)) {
      rollbacks.add(
          List.of(line.path("step").asLong(), line.path("details").path("to_step").asLong()));
    }
    topicChanged |= isTopicChange(line);
  }

  static boolean isRollback(JsonNode line) {
    return line.path("event").asText().equals("rollback");
  }

  /** Whether the same offsets are of something else after it. */
  static boolean isTopicChange(JsonNode line) {
    return line.path("event").asText().equals("topic_changed")
        && !line.path("details").path("went_on").asText().equals("keep");
  }

  private void batch(LedgerEntry entry) {
    batches++;
    views += entry.views();
    steps(entry.firstStep(), entry.lastStep());
    entry.teachers().forEach(teacher -> teachers.merge(teacher, 1L, Long::sum));
    entry.offsets().forEach(this::offsets);
  }

  /** Adds what has been summed up before. */
  void add(LedgerRange range) {
    batches += range.batches();
    views += range.views();
    events += range.events();
    if (range.batches() + range.events() > 0) {
      steps(range.firstStep(), range.lastStep());
    }
    range.teachers().forEach((teacher, count) -> teachers.merge(teacher, count, Long::sum));
    range.offsets().forEach(this::offsets);
    rollbacks.addAll(range.rollbacks());
    topicChanged |= range.topicChanged();
    if (range.firstTime() != null) {
      times(range.firstTime(), range.lastTime());
    }
  }

  private void steps(long first, long last) {
    firstStep = Math.min(firstStep, first);
    lastStep = Math.max(lastStep, last);
  }

  private void times(String first, String last) {
    firstTime = firstTime == null ? first : firstTime;
    lastTime = last;
  }

  private void offsets(int partition, List<Long> range) {
    offsets.merge(
        partition,
        range,
        (one, other) ->
            List.of(Math.min(one.get(0), other.get(0)), Math.max(one.get(1), other.get(1))));
  }

  /** What has been added, as a part of the ledger. */
  LedgerRange build(long from, long to) {
    return new LedgerRange(
        from,
        to,
        firstStep == Long.MAX_VALUE ? 0 : firstStep,
        lastStep,
        firstTime,
        lastTime,
        offsets,
        batches,
        views,
        events,
        teachers,
        rollbacks,
        topicChanged);
  }
}
