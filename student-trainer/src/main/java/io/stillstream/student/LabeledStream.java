package io.stillstream.student;

import io.stillstream.student.TrainerConfig.OnOffsetGap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of a topic, read from given offsets on. There is no group to be a member of, so a
 * long step costs nothing. Belongs to one thread.
 */
final class LabeledStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabeledStream.class);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final OnOffsetGap onGap;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private long missed;

  LabeledStream(Consumer<byte[], byte[]> consumer, String topic, OnOffsetGap onGap) {
    this.consumer = consumer;
    this.topic = topic;
    this.onGap = onGap;
  }

  /**
   * Takes up partitions that are not read yet.
   *
   * @param known offsets to go on from; other partitions begin with their first record
   * @return where each new partition begins
   * @throws OffsetGapException if records are gone that should be read, and that is to stop it
   */
  Map<Integer, Long> takeUp(Map<Integer, Long> known) {
    Set<TopicPartition> fresh = new HashSet<>();
    for (PartitionInfo info : consumer.partitionsFor(topic)) {
      fresh.add(new TopicPartition(topic, info.partition()));
    }
    fresh.removeAll(assigned);
    if (fresh.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> first = consumer.beginningOffsets(fresh);
    Map<TopicPartition, Long> end = consumer.endOffsets(fresh);
    Map<Integer, Long> begins = new HashMap<>();
    for (TopicPartition partition : fresh) {
      Long wanted = known.get(partition.partition());
      begins.put(
          partition.partition(),
          wanted == null
              ? first.get(partition)
              : present(partition, wanted, first.get(partition), end.get(partition)));
    }
    assigned.addAll(fresh);
    consumer.assign(assigned);
    begins.forEach(
        (partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
    LOG.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("partitions", new TreeSet<>(begins.keySet()))
        .log("Reading partitions");
    return begins;
  }

  private long present(TopicPartition partition, long wanted, long first, long end) {
    if (wanted >= first && wanted <= end) {
      return wanted;
    }
    // Beyond the end, the topic is another one than the checkpoint knows: nothing of it is known.
    gap(partition, wanted, first, Math.max(0, first - wanted));
    return first;
  }

  /**
   * Fetches.
   *
   * @throws OffsetGapException as above, if retention overtook the reading
   */
  List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    try {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      consumer.poll(timeout).forEach(records::add);
      return records;
    } catch (OffsetOutOfRangeException e) {
      Map<TopicPartition, Long> first = consumer.beginningOffsets(e.partitions());
      e.offsetOutOfRangePartitions()
          .forEach(
              (partition, wanted) -> {
                gap(
                    partition,
                    wanted,
                    first.get(partition),
                    Math.max(0, first.get(partition) - wanted));
                consumer.seek(partition, first.get(partition));
              });
      return List.of();
    }
  }

  /** Positions of the partitions, for when nothing that was fetched waits any more. */
  Map<Integer, Long> positions() {
    Map<Integer, Long> positions = new HashMap<>();
    for (TopicPartition partition : assigned) {
      positions.put(partition.partition(), consumer.position(partition));
    }
    return positions;
  }

  private void gap(TopicPartition partition, long wanted, long first, long count) {
    String facts =
        "%s: offset %d of the checkpoint does not exist any more, the first is %d"
            .formatted(partition, wanted, first);
    if (onGap == OnOffsetGap.STOP) {
      throw new OffsetGapException(
          facts + "; set on-offset-gap: skip to count the gap and go on from there");
    }
    missed += count;
    LOG.atWarn().addKeyValue("gap", facts).addKeyValue("missed", count).log("Records were skipped");
  }

  /** Offsets that were skipped since the start: an upper bound of the records among them. */
  long missed() {
    return missed;
  }

  /** Tells dashboards how far the training is; nothing here ever reads it. */
  void commit(Map<Integer, Long> positions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, offset) ->
            offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
    consumer.commitAsync(
        offsets,
        (committed, failure) -> {
          if (failure != null) {
            LOG.atDebug().addKeyValue("cause", failure.toString()).log("Lag is not up to date");
          }
        });
  }

  /** Whether there is a connection to a broker. May be called from any thread. */
  boolean isConnected() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .map(metric -> metric.metricValue())
        .anyMatch(value -> value instanceof Double count && count > 0);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
  }
}
