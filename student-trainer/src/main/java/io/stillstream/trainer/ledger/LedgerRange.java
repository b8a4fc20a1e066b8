package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a stretch of the ledger holds. It is the first line of every closed segment, so that a
 * search need not read what it does not need; and it stands for the lines that are no longer kept.
 *
 * @param from first byte of the ledger
 * @param to byte behind the last one
 * @param firstStep the least of its lines
 * @param lastStep the greatest
 * @param firstTime when the first line was made, in ISO 8601; null if its lines have no time
 * @param lastTime when the last one was
 * @param offsets per partition, first and last
 * @param batches lines about steps
 * @param views fresh ones
 * @param events lines about anything else
 * @param teachers as name@version, with the number of their batches
 * @param rollbacks in their order, each the step after which it was, and the one that it went to
 * @param topicChanged whether offsets before and after some line are of different topics
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LedgerRange(
    long from,
    long to,
    @JsonProperty("first_step") long firstStep,
    @JsonProperty("last_step") long lastStep,
    @JsonProperty("first_time") String firstTime,
    @JsonProperty("last_time") String lastTime,
    Map<Integer, List<Long>> offsets,
    long batches,
    long views,
    long events,
    Map<String, Long> teachers,
    List<List<Long>> rollbacks,
    @JsonProperty("topic_changed") boolean topicChanged) {

  public LedgerRange {
    offsets = offsets == null ? Map.of() : new TreeMap<>(offsets);
    teachers = teachers == null ? Map.of() : new TreeMap<>(teachers);
    rollbacks = rollbacks == null ? List.of() : List.copyOf(rollbacks);
    if (offsets.values().stream().anyMatch(range -> range.size() != 2)
        || rollbacks.stream().anyMatch(pair -> pair.size() != 2)) {
      throw new IllegalArgumentException("ranges are pairs, were " + offsets + " " + rollbacks);
    }
  }
}
