package io.stillstream.trainer.kafka;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic as one stream, from given offsets on. There is no consumer group,
 * so a long step between polls costs nothing. Belongs to one thread.
 */
public final class LabeledViewConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabeledViewConsumer.class);

  /** A partition with so many records waiting for others is not fetched from. */
  private static final int ENOUGH = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final TopicIdentityVerifier identity;
  private final PartitionMerger merger;
  private final long maxBytes;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final OffsetGaps gaps;
  private final StartOffsets starts;
  private final PartitionEnds ends;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private Optional<TopicChange> change = Optional.empty();

  /** Whether brokers have said since the last fetch which topic it is. */
  private boolean verified;

  /** Whether records were trimmed from the merger since the last one was returned. */
  private boolean trimmed;

  private volatile long waitingBytes;

  /**
   * @param maxBytes of the records that wait in memory for those of other partitions
   * @param clock time of day, as in the records' timestamps
   * @param nanos a clock for durations
   */
  public LabeledViewConsumer(
      Consumer<byte[], byte[]> consumer,
      String topic,
      OnOffsetGap onGap,
      TopicIdentityVerifier identity,
      PartitionMerger merger,
      long maxBytes,
      InstantSource clock,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.topic = topic;
    this.identity = identity;
    this.merger = merger;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.nanos = nanos;
    this.gaps = new OffsetGaps(onGap);
    this.starts = new StartOffsets(consumer, identity, gaps);
    this.ends = new PartitionEnds(consumer, topic, merger, nowMillis());
  }

  /**
   * Assigns partitions that are not read yet.
   *
   * @param saved offsets to continue from, now or when their partitions exist; other partitions
   *     begin with their first record
   * @return where each new partition begins
   * @throws OffsetGapException if records to be read are gone, and the settings say to stop
   * @throws TopicChangedException if the topic is another one, and the settings say to stop, or it
   *     became another one since reading began
   */
  public Map<Integer, Long> assignPartitions(Map<Integer, Long> saved) {
    starts.add(saved);
    Optional<Reason> otherTopic = Optional.empty();
    if (assigned.isEmpty()) {
      otherTopic = identity.begin();
    } else {
      boolean unused = verify();
    }
    Set<TopicPartition> added = new HashSet<>();
    for (PartitionInfo info : consumer.partitionsFor(topic)) {
      added.add(new TopicPartition(topic, info.partition()));
    }
    added.removeAll(assigned);
    if (added.isEmpty()) {
      return Map.of();
    }
    StartOffsets.Resolution start = starts.resolve(added, otherTopic);
    if (start.change().isPresent()) {
      change = start.change();
    }
    assigned.addAll(added);
    verified = false;
    consumer.assign(assigned);
    start
        .begins()
        .forEach(
            (partition, offset) -> {
              merger.begin(partition);
              consumer.seek(new TopicPartition(topic, partition), offset);
            });
    LOG.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("partitions", new TreeSet<>(start.begins().keySet()))
        .log("Reading partitions");
    return start.begins();
  }

  /** How the topic differs from the one in the checkpoint; returned once. */
  public Optional<TopicChange> pollTopicChange() {
    Optional<TopicChange> taken = change;
    change = Optional.empty();
    return taken;
  }

  /** Identity of the topic, as far as is known. */
  public TopicIdentity identity() {
    return identity.current();
  }

  /**
   * Checks that everything read so far is of this topic.
   *
   * @return false if brokers do not answer, and something was read since they last did
   * @throws TopicChangedException if it is another topic now
   */
  public boolean verify() {
    verified |= identity.verify();
    return verified;
  }

  /**
   * Fetches, and returns the records that are next in the order of the stream. Others wait in
   * memory.
   *
   * @param most records to return, at least 1
   * @throws OffsetGapException if retention deleted records to be read, and the settings say to
   *     stop
   */
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout, int most) {
    fetch(merger.isReady() ? Duration.ZERO : timeout);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    do {
      var record = merger.next();
      while (record != null) {
        records.add(record);
        record = records.size() < most ? merger.next() : null;
      }
    } while (records.size() < most && ends.update(nowMillis()));
    trimmed &= records.isEmpty();
    waitingBytes = merger.bytes();
    return records;
  }

  private void fetch(Duration timeout) {
    Set<TopicPartition> enough = new HashSet<>(assigned);
    enough.removeIf(partition -> !hasEnough(partition.partition()));
    consumer.resume(assigned);
    consumer.pause(enough);
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
      // Positions may also move without records, past transaction markers.
      verified &= records.isEmpty() && records.nextOffsets().isEmpty();
      long wall = clock.millis();
      long now = nowMillis();
      records.forEach(record -> merger.add(record, wall, now));
      Map<Integer, Long> again = merger.trim(maxBytes);
      again.forEach(
          (partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
      trimmed |= !again.isEmpty();
    } catch (OffsetOutOfRangeException e) {
      boolean unused = verify();
      verified = false;
      starts.reposition(e);
    }
  }

  /**
   * A partition with nothing waiting is always fetched from: others may wait for it. Half of the
   * memory is left to those. After trimming, nothing is fetched for others until records are used.
   */
  private boolean hasEnough(int partition) {
    int waiting = merger.waiting(partition);
    return waiting >= ENOUGH || (waiting > 0 && (trimmed || merger.bytes() >= maxBytes / 2));
  }

  /** Bytes of the records that wait for others. May be called from any thread. */
  public long waitingBytes() {
    return waitingBytes;
  }

  private long nowMillis() {
    return nanos.getAsLong() / 1_000_000;
  }

  /** By partition, the next offset to return; to be saved only if all returned records are done. */
  public Map<Integer, Long> positions() {
    Map<Integer, Long> positions = new HashMap<>();
    for (TopicPartition partition : assigned) {
      OptionalLong waiting = merger.position(partition.partition());
      positions.put(
          partition.partition(),
          waiting.isPresent() ? waiting.getAsLong() : consumer.position(partition));
    }
    return positions;
  }

  /** How many records have not been returned, as far as is known, with transaction markers. */
  public long lag() {
    long lag = 0;
    for (TopicPartition partition : assigned) {
      lag += merger.waiting(partition.partition()) + consumer.currentLag(partition).orElse(0);
    }
    return lag;
  }

  /** Offsets that were skipped since the start: an upper bound of the records among them. */
  public long missed() {
    return gaps.missed();
  }

  /** Commits offsets for dashboards; the trainer never reads them. */
  public void commit(Map<Integer, Long> positions) {
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
  public boolean isConnected() {
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
