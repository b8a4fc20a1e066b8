package io.stillstream.trainer.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of the topic of labels. Labels help a training that also goes on without them: so
 * a topic that does not exist is looked for again, and an offset that does not exist is replaced by
 * the first one that does, with a warning. Belongs to one thread.
 */
public final class LabelPartitions {
  private static final Logger LOG = LoggerFactory.getLogger(LabelPartitions.class);

  private final MergedConsumer merged;
  private final String topic;

  /** Offsets in the checkpoint of partitions that are not read yet. */
  private final Map<TopicPartition, Long> saved = new HashMap<>();

  /** Where to go on in partitions that were read, and are not now. */
  private final Map<TopicPartition, Long> interrupted = new HashMap<>();

  private boolean missing;
  private final AtomicLong deleted = new AtomicLong();
  private final AtomicLong beyondEnd = new AtomicLong();

  public LabelPartitions(MergedConsumer merged, String topic) {
    this.merged = merged;
    this.topic = topic;
  }

  String topic() {
    return topic;
  }

  /** Adds offsets of a checkpoint. */
  void add(Map<Integer, Long> offsets) {
    saved.putAll(TopicOffsets.byPartition(topic, offsets));
  }

  /**
   * Looks for partitions, and reads those that are new. Partitions that do not exist any more would
   * hold back all other records: they are read no more.
   *
   * @return where each new partition begins, and each that begins anew
   */
  Map<TopicPartition, Long> assignPartitions() {
    Set<TopicPartition> existing = merged.partitions(topic);
    warnIfMissing(existing.isEmpty());
    unassign(existing);
    Set<TopicPartition> added = new HashSet<>(existing);
    added.removeAll(merged.assigned(topic));
    if (added.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> first = merged.firstOffsets(added);
    Map<TopicPartition, Long> end = merged.endOffsets(added);
    Map<TopicPartition, Long> begins = new HashMap<>();
    for (TopicPartition partition : added) {
      Long wanted = interrupted.getOrDefault(partition, saved.remove(partition));
      begins.put(
          partition,
          wanted == null
              ? first.get(partition)
              : existing(partition, wanted, first.get(partition), end.get(partition)));
    }
    merged.assign(begins);
    // Where reading was only interrupted, records of before may still be in use.
    begins
        .entrySet()
        .removeIf(begin -> begin.getValue().equals(interrupted.remove(begin.getKey())));
    LOG.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("begins", begins)
        .log("Reading partitions of labels");
    return begins;
  }

  private void warnIfMissing(boolean isMissing) {
    if (isMissing && !missing) {
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .log("Topic does not exist: no labels are read until it is created");
    }
    missing = isMissing;
  }

  private void unassign(Set<TopicPartition> existing) {
    Set<TopicPartition> gone = merged.assigned(topic);
    gone.removeAll(existing);
    if (!gone.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("partitions", gone)
          .log("Partitions of labels do not exist any more");
      // Should it have been a broker that knows less than others, reading goes on from there.
      gone.forEach(partition -> interrupted.put(partition, merged.position(partition)));
      merged.unassign(gone);
    }
  }

  /** Goes on with the first records of partitions in which offsets do not exist any more. */
  void reposition(Map<TopicPartition, Long> outOfRange) {
    Map<TopicPartition, Long> first = merged.firstOffsets(outOfRange.keySet());
    Map<TopicPartition, Long> end = merged.endOffsets(outOfRange.keySet());
    outOfRange.forEach(
        (partition, wanted) ->
            merged.seek(
                partition, existing(partition, wanted, first.get(partition), end.get(partition))));
  }

  private long existing(TopicPartition partition, long wanted, long first, long end) {
    if (wanted >= first && wanted <= end) {
      return wanted;
    }
    if (wanted < first) {
      deleted.addAndGet(first - wanted);
    } else {
      beyondEnd.incrementAndGet();
    }
    LOG.atWarn()
        .addKeyValue("partition", partition)
        .addKeyValue("wanted", wanted)
        .addKeyValue("first", first)
        .addKeyValue("end", end)
        .log("An offset of labels does not exist, reading goes on with the first record");
    return first;
  }

  /**
   * Offsets that were deleted before they were read, since the start: an upper bound of the labels
   * among them. May be called from any thread.
   */
  public long deleted() {
    return deleted.get();
  }

  /**
   * How often a partition ended before the offset to be read next, since the start, as when the
   * topic was made anew. May be called from any thread.
   */
  public long beyondEnd() {
    return beyondEnd.get();
  }
}
