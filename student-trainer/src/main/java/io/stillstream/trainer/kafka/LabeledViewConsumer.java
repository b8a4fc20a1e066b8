package io.stillstream.trainer.kafka;

import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of the topic of views as one stream, from given offsets on, and with them
 * those of the topic of labels, if there is one. Whether the topic of views is still the one that
 * the offsets are of is checked; labels are only read. Belongs to one thread.
 */
public final class LabeledViewConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(LabeledViewConsumer.class);

  private final MergedConsumer merged;
  private final String topic;
  private final TopicIdentityVerifier identity;
  private final OffsetGaps gaps;
  private final StartOffsets starts;
  private final Optional<LabelPartitions> labels;
  private boolean begun;
  private Optional<TopicChange> change = Optional.empty();

  /** Whether brokers have said since the last fetch which topic it is. */
  private boolean verified;

  private volatile long labelLag;

  /**
   * @param topic of views
   * @param labels read with them
   */
  public LabeledViewConsumer(
      MergedConsumer merged,
      String topic,
      OnOffsetGap onGap,
      TopicIdentityVerifier identity,
      Optional<LabelPartitions> labels) {
    this.merged = merged;
    this.topic = topic;
    this.identity = identity;
    this.gaps = new OffsetGaps(onGap);
    this.starts = new StartOffsets(merged, identity, gaps);
    this.labels = labels;
  }

  /**
   * Assigns partitions of views that are not read yet.
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
    if (begun) {
      boolean unused = verify();
    } else {
      otherTopic = identity.begin();
    }
    Set<TopicPartition> added = merged.partitions(topic);
    added.removeAll(merged.assigned(topic));
    if (added.isEmpty()) {
      return Map.of();
    }
    StartOffsets.Resolution start = starts.resolve(added, otherTopic);
    if (start.change().isPresent()) {
      change = start.change();
    }
    begun = true;
    verified = false;
    merged.assign(TopicOffsets.byPartition(topic, start.begins()));
    LOG.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("partitions", new TreeSet<>(start.begins().keySet()))
        .log("Reading partitions");
    return start.begins();
  }

  /**
   * Assigns partitions of labels that are not read yet; after those of views.
   *
   * @param saved offsets to continue from, as above
   * @return where each new partition begins
   */
  public Map<TopicPartition, Long> assignLabels(Map<Integer, Long> saved) {
    if (labels.isEmpty()) {
      return Map.of();
    }
    labels.get().add(saved);
    return labels.get().assignPartitions();
  }

  /** Whether a record is a label, and not a view. */
  public boolean isLabel(ConsumerRecord<?, ?> record) {
    return labels.isPresent() && record.topic().equals(labels.get().topic());
  }

  /** The partition of views with that number. */
  public TopicPartition partition(int number) {
    return new TopicPartition(topic, number);
  }

  /** Of positions, those of views. */
  public Map<Integer, Long> viewsOf(Map<TopicPartition, Long> positions) {
    return TopicOffsets.byNumber(topic, positions);
  }

  /** Of positions, those of labels. */
  public Map<Integer, Long> labelsOf(Map<TopicPartition, Long> positions) {
    return labels.map(read -> TopicOffsets.byNumber(read.topic(), positions)).orElse(Map.of());
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
   * @throws OffsetGapException if retention deleted views to be read, and the settings say to stop
   */
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout, int most) {
    try {
      verified &= !merged.fetch(timeout).contains(topic);
    } catch (OffsetOutOfRangeException e) {
      reposition(e);
    }
    List<ConsumerRecord<byte[], byte[]>> records = merged.take(most);
    labelLag = labels.map(read -> merged.lag(read.topic())).orElse(0L);
    return records;
  }

  private void reposition(OffsetOutOfRangeException failure) {
    Map<TopicPartition, Long> ofViews = new HashMap<>(failure.offsetOutOfRangePartitions());
    Map<TopicPartition, Long> ofLabels = new HashMap<>(ofViews);
    ofViews.keySet().removeIf(partition -> !partition.topic().equals(topic));
    ofLabels.keySet().removeAll(ofViews.keySet());
    if (!ofViews.isEmpty()) {
      boolean unused = verify();
      verified = false;
      starts.reposition(ofViews, failure instanceof LogTruncationException);
    }
    if (!ofLabels.isEmpty()) {
      labels.orElseThrow().reposition(ofLabels);
    }
  }

  /**
   * By partition of views and labels, the next offset to return; to be saved only if all returned
   * records are done.
   *
   * @throws TopicChangedException if a partition has lost its end
   */
  public Map<TopicPartition, Long> positions() {
    try {
      return merged.positions();
    } catch (OffsetOutOfRangeException e) {
      // Kafka's consumer tells of a truncation in whichever of its methods is called next.
      reposition(e);
      return merged.positions();
    }
  }

  /** How many views have not been returned, as far as is known, with transaction markers. */
  public long lag() {
    return merged.lag(topic);
  }

  /** Of {@link #lag}, those that are not only held back because an earlier record might come. */
  public long backlog() {
    return merged.backlog(topic);
  }

  /** How many labels have not been returned, as far as is known. May be called from any thread. */
  public long labelLag() {
    return labelLag;
  }

  /**
   * Offsets of views that were skipped since the start: an upper bound of the records among them.
   */
  public long missed() {
    return gaps.missed();
  }

  /**
   * Commits offsets for dashboards; the trainer never reads them.
   *
   * @param ofLabels nothing without labels
   */
  public void commit(Map<Integer, Long> positions, Map<Integer, LabelOffset> ofLabels) {
    Map<TopicPartition, Long> all = TopicOffsets.byPartition(topic, positions);
    if (labels.isPresent()) {
      String labelTopic = labels.get().topic();
      ofLabels.forEach(
          (partition, offset) ->
              all.put(new TopicPartition(labelTopic, partition), offset.applied()));
    }
    merged.commit(all);
  }

  /** Whether there is a connection to a broker. May be called from any thread. */
  public boolean isConnected() {
    return merged.isConnected();
  }
}
