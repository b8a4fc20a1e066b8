package io.stillstream.trainer.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * A line of the ledger about a fresh batch, or about a step in spare time, which has no offsets.
 *
 * @param epoch which start of the trainer it was
 * @param offsets per partition, first and last; records between them that taught nothing are not
 *     distinguished
 * @param teachers as name@version
 * @param rate of the first step
 * @param loss of each step; not a number where a step was skipped for that
 * @param skipped steps that changed nothing
 */
public record LedgerEntry(
    long epoch,
    @JsonProperty("first_step") long firstStep,
    @JsonProperty("last_step") long lastStep,
    Map<Integer, List<Long>> offsets,
    int views,
    List<String> teachers,
    double rate,
    List<Double> loss,
    List<Long> skipped) {

  public LedgerEntry {
    offsets = offsets == null ? Map.of() : Map.copyOf(offsets);
    offsets.forEach(LedgerEntry::requireRange);
    teachers = teachers == null ? List.of() : List.copyOf(teachers);
    loss = loss == null ? List.of() : List.copyOf(loss);
    skipped = skipped == null ? List.of() : List.copyOf(skipped);
  }

  private static void requireRange(int partition, List<Long> range) {
    if (range.size() != 2 || range.contains(null) || range.get(0) > range.get(1)) {
      throw new IllegalArgumentException("offsets of partition " + partition + " are " + range);
    }
  }
}
