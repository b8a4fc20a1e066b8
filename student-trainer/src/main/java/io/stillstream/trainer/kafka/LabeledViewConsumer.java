package io.stillstream.trainer.kafka;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
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
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of a topic as one stream, read from given offsets on. There is no group to be a
 * member of, so a long step costs nothing. Belongs to one thread.
 */
public final class LabeledViewConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabeledViewConsumer.class);

  /** A partition with so many records waiting for others is not fetched from. */
  private static final int ENOUGH = 500;

  /** Ends of partitions are not asked for more often. */
  private static final long ASK_MILLIS = 100;

  private static final Duration ASK_PATIENCE = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final OnOffsetGap onGap;
  private final TopicIdentityVerifier source;
  private final PartitionMerger merge;
  private final long mostBytes;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Set<TopicPartition> assigned = new HashSet<>();

  /** Of the checkpoint, for partitions that are not read yet. */
  private final Map<Integer, Long> known = new HashMap<>();

  private Optional<TopicChange> change = Optional.empty();
  private long askedMillis;
  private long missed;

  /** Whether brokers have said since the last fetch which topic it is. */
  private boolean verified;

  /** Whether records were given back since the last one was given out. */
  private boolean gaveBack;

  private volatile long waitingBytes;

  /**
   * @param mostBytes of the records that wait in memory for those of other partitions
   * @param clock time of day, as in the records' timestamps
   * @param nanos a clock that only counts on
   */
  public LabeledViewConsumer(
      Consumer<byte[], byte[]> consumer,
      String topic,
      OnOffsetGap onGap,
      TopicIdentityVerifier source,
      PartitionMerger merge,
      long mostBytes,
      InstantSource clock,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.topic = topic;
    this.onGap = onGap;
    this.source = source;
    this.merge = merge;
    this.mostBytes = mostBytes;
    this.clock = clock;
    this.nanos = nanos;
    this.askedMillis = nowMillis() - ASK_MILLIS;
  }

  /**
   * Takes up partitions that are not read yet.
   *
   * @param saved offsets to go on from, now or when their partitions are there; other partitions
   *     begin with their first record
   * @return where each new partition begins
   * @throws OffsetGapException if records are gone that should be read, and that is to stop it
   * @throws TopicChangedException if the topic is another one, and that is to stop it, or it is
   *     since reading began
   */
  public Map<Integer, Long> assignPartitions(Map<Integer, Long> saved) {
    known.putAll(saved);
    Optional<Reason> other = Optional.empty();
    if (assigned.isEmpty()) {
      other = source.begin();
    } else {
      boolean unused = verify();
    }
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
    Map<Integer, Long> cut = new HashMap<>();
    for (TopicPartition partition : fresh) {
      long begin = first.get(partition);
      Long wanted = known.remove(partition.partition());
      if (other.isPresent() && source.onChange() == OnTopicChange.LATEST) {
        begin = end.get(partition);
      } else if (wanted != null && (other.isEmpty() || source.onChange() == OnTopicChange.KEEP)) {
        begin = present(partition, wanted, first.get(partition), end.get(partition));
        if (wanted > end.get(partition)) {
          cut.put(partition.partition(), begin);
        }
      }
      begins.put(partition.partition(), begin);
    }
    if (other.isPresent()) {
      if (source.onChange() != OnTopicChange.KEEP) {
        known.clear();
      }
      change = Optional.of(changed(other.get(), begins));
    } else if (!cut.isEmpty()) {
      change = Optional.of(changed(Reason.BEYOND_END, cut));
    }
    assigned.addAll(fresh);
    verified = false;
    consumer.assign(assigned);
    begins.forEach(
        (partition, offset) -> {
          merge.begin(partition);
          consumer.seek(new TopicPartition(topic, partition), offset);
        });
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
    if (wanted > end) {
      return source.beyondEnd(partition, wanted, first, end);
    }
    handleOffsetGap(partition, wanted, first);
    return first;
  }

  private TopicChange changed(Reason reason, Map<Integer, Long> begins) {
    return new TopicChange(
        reason, source.saved(), source.current(), source.onChange(), Map.copyOf(begins));
  }

  /** What was found to be other than the checkpoint knows; told once. */
  public Optional<TopicChange> pollTopicChange() {
    Optional<TopicChange> taken = change;
    change = Optional.empty();
    return taken;
  }

  /** Which topic it is, as far as is known. */
  public TopicIdentity source() {
    return source.current();
  }

  /**
   * Looks whether everything that was read so far is of this topic.
   *
   * @return false if brokers do not answer, and something was read since they last did
   * @throws TopicChangedException if it is another one by now
   */
  public boolean verify() {
    verified |= source.verify();
    return verified;
  }

  /**
   * Fetches, and gives the records whose turn it is. The others go on waiting here, within the
   * budget.
   *
   * @param most records to be given, at least 1
   * @throws OffsetGapException as above, if retention overtook the reading
   */
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout, int most) {
    fetch(merge.isReady() ? Duration.ZERO : timeout);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    do {
      var record = merge.next();
      while (record != null) {
        records.add(record);
        record = records.size() < most ? merge.next() : null;
      }
    } while (records.size() < most && isFurtherKnown());
    gaveBack &= records.isEmpty();
    waitingBytes = merge.bytes();
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
      records.forEach(record -> merge.add(record, wall, now));
      Map<Integer, Long> again = merge.trim(mostBytes);
      again.forEach(
          (partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
      gaveBack |= !again.isEmpty();
    } catch (OffsetOutOfRangeException e) {
      boolean unused = verify();
      verified = false;
      Map<TopicPartition, Long> first = consumer.beginningOffsets(e.partitions());
      Map<TopicPartition, Long> end = consumer.endOffsets(e.partitions());
      boolean truncated = e instanceof LogTruncationException;
      e.offsetOutOfRangePartitions()
          .forEach(
              (partition, wanted) -> {
                if (truncated || wanted > end.get(partition)) {
                  throw source.cut(partition, wanted, end.get(partition));
                }
                if (wanted < first.get(partition)) {
                  handleOffsetGap(partition, wanted, first.get(partition));
                }
                consumer.seek(partition, Math.max(wanted, first.get(partition)));
              });
    }
  }

  /**
   * One with nothing waiting is always fetched from: the others may be waiting for it. Half of the
   * budget is left to those, and what was given back is not fetched again before there is a use.
   */
  private boolean hasEnough(int partition) {
    int waiting = merge.waiting(partition);
    return waiting >= ENOUGH || (waiting > 0 && (gaveBack || merge.bytes() >= mostBytes / 2));
  }

  /** Bytes of the records that wait for others. May be called from any thread. */
  public long waitingBytes() {
    return waitingBytes;
  }

  /** Asks partitions that hold others back whether they have anything, and says if one has not. */
  private boolean isFurtherKnown() {
    long now = nowMillis();
    Set<Integer> overdue = merge.overdue(now);
    if (overdue.isEmpty() || now - askedMillis < ASK_MILLIS) {
      return false;
    }
    askedMillis = now;
    Set<TopicPartition> partitions = new HashSet<>();
    overdue.forEach(partition -> partitions.add(new TopicPartition(topic, partition)));
    boolean known = false;
    try {
      for (var end : consumer.endOffsets(partitions, ASK_PATIENCE).entrySet()) {
        if (consumer.position(end.getKey(), ASK_PATIENCE) >= end.getValue()) {
          merge.atEnd(end.getKey().partition(), now);
          known = true;
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      // Not to be thrown: the records that have been taken out already would be lost. What is
      // wrong for longer shows in the next poll.
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Ends of partitions are not known");
    }
    return known;
  }

  private long nowMillis() {
    return nanos.getAsLong() / 1_000_000;
  }

  /** Positions of the partitions, for when nothing that was given out waits any more. */
  public Map<Integer, Long> positions() {
    Map<Integer, Long> positions = new HashMap<>();
    for (TopicPartition partition : assigned) {
      OptionalLong waiting = merge.position(partition.partition());
      positions.put(
          partition.partition(),
          waiting.isPresent() ? waiting.getAsLong() : consumer.position(partition));
    }
    return positions;
  }

  /** How many records have not been given out yet, as far as is known, markers counted. */
  public long lag() {
    long lag = 0;
    for (TopicPartition partition : assigned) {
      lag += merge.waiting(partition.partition()) + consumer.currentLag(partition).orElse(0);
    }
    return lag;
  }

  private void handleOffsetGap(TopicPartition partition, long wanted, long first) {
    long count = first - wanted;
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
  public long missed() {
    return missed;
  }

  /** Tells dashboards how far the training is; nothing here ever reads it. */
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
