package io.stillstream.trainer.loop;

import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.batch.PolledRecordBuffer;
import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.input.PendingLabel;
import io.stillstream.trainer.input.PendingRecord;
import io.stillstream.trainer.input.PendingView;
import io.stillstream.trainer.input.RecordConverter;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.status.Heartbeat;
import io.stillstream.trainer.training.NextBatchPrefetch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches records and converts them to views that wait for a batch; labels between them take effect
 * in their turn. Records for more batches are fetched and decoded ahead; each is converted when its
 * batch is next, so that dead letters come when they would come without. Belongs to the loop's
 * thread.
 */
public final class ViewFetcher {
  private static final Logger LOG = LoggerFactory.getLogger(ViewFetcher.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final LabeledViewConsumer consumer;
  private final RecordConverter converter;
  private final DeadLetterProducer deadLetters;
  private final Heartbeat heartbeat;
  private final LoopControl control;
  private final NextBatchPrefetch prefetch;
  private final int ahead;
  private final Optional<LabelApplier> labels;
  private final PolledRecordBuffer<PendingRecord> polled = new PolledRecordBuffer<>();

  /**
   * @param prefetch builds the next batch
   * @param ahead records that are decoded ahead, beyond those of the batch
   * @param labels applies labels that come between views
   */
  public ViewFetcher(
      LabeledViewConsumer consumer,
      RecordConverter converter,
      Optional<LabelApplier> labels,
      DeadLetterProducer deadLetters,
      NextBatchPrefetch prefetch,
      int ahead,
      Heartbeat heartbeat,
      LoopControl control) {
    this.consumer = consumer;
    this.converter = converter;
    this.deadLetters = deadLetters;
    this.prefetch = prefetch;
    this.ahead = ahead;
    this.labels = labels;
    this.heartbeat = heartbeat;
    this.control = control;
  }

  /**
   * Starts to read new partitions of views.
   *
   * @param saved offsets of views in the checkpoint
   * @return where each new partition of views begins, see {@link
   *     LabeledViewConsumer#assignPartitions}
   */
  public Map<Integer, Long> assignPartitions(Map<Integer, Long> saved, OffsetTrackingQueue queue) {
    Map<Integer, Long> begins = consumer.assignPartitions(saved);
    begins.forEach(
        (partition, offset) -> queue.startPartition(consumer.partition(partition), offset));
    return begins;
  }

  /** Starts to read new partitions of labels, if they are read; after those of views. */
  public void assignLabels(OffsetTrackingQueue queue) {
    if (labels.isPresent()) {
      Map<TopicPartition, Long> begins = consumer.assignLabels(labels.get().savedPositions());
      begins.forEach(
          (partition, offset) -> {
            queue.startPartition(partition, offset);
            labels.get().startPartition(partition.partition(), offset);
          });
    }
  }

  /** A difference between topic and checkpoint that {@link #assignPartitions} found; once. */
  public Optional<TopicChange> pollTopicChange() {
    return consumer.pollTopicChange();
  }

  /**
   * Adds views to a queue. Waits for a dead-letter topic that does not keep up, and for a schema
   * registry that is away.
   *
   * @param most views to add; with 0 or less it does nothing
   * @param wait whether to wait for records
   */
  public void fetch(OffsetTrackingQueue queue, int most, boolean wait) throws InterruptedException {
    if (most <= 0) {
      return;
    }
    int full = queue.views() + most;
    int room = most + ahead - polled.size();
    if (polled.isEmpty() || (room > 0 && ahead > 0)) {
      Duration timeout = wait && polled.isEmpty() ? POLL : Duration.ZERO;
      polled.add(consumer.poll(timeout, room).stream().map(this::begin).toList());
    }
    polled.drain(
        record -> {
          if (queue.views() == full) {
            return false;
          }
          if (!convert(record, queue)) {
            // The service stops: no later record may overtake this one.
            return false;
          }
          // A rejected record may wait for the dead-letter topic.
          heartbeat.beat();
          return true;
        });
    if (queue.views() == full) {
      prefetch.batchFull(decoded(ahead == 0 ? 0 : full));
    }
  }

  /** The views that come next, as far as they are decoded by now. */
  private List<TrainingExample> decoded(int most) {
    List<TrainingExample> views = new ArrayList<>(most);
    for (PendingRecord record : polled.peek()) {
      if (views.size() == most || !record.isDone()) {
        break;
      }
      if (record instanceof PendingView view) {
        view.decoded().ifPresent(views::add);
      }
    }
    return views;
  }

  private PendingRecord begin(ConsumerRecord<byte[], byte[]> record) {
    return consumer.isLabel(record) ? labels.orElseThrow().begin(record) : converter.begin(record);
  }

  /** False if the service stops before the record could be converted. */
  private boolean convert(PendingRecord record, OffsetTrackingQueue queue)
      throws InterruptedException {
    while (true) {
      try {
        if (!deadLetters.isFull() || deadLetters.confirm()) {
          add(record, queue);
          return true;
        }
      } catch (RegistryUnavailableException e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
      }
      heartbeat.beat();
      if (control.pause()) {
        return false;
      }
    }
  }

  private void add(PendingRecord record, OffsetTrackingQueue queue) {
    if (record instanceof PendingLabel label) {
      labels.orElseThrow().apply(label, queue, System.nanoTime());
    } else if (record instanceof PendingView view) {
      queue.add(converter.convert(view), System.nanoTime());
    }
  }

  /** Views that are not in the queue yet, as far as is known. */
  public long lag() {
    return polledViews() + consumer.lag();
  }

  /** Of {@link #lag}, those that are not only held back because an earlier record might come. */
  public long backlog() {
    return polledViews() + consumer.backlog();
  }

  private long polledViews() {
    long views = 0;
    for (PendingRecord record : polled.peek()) {
      views += record instanceof PendingView ? 1 : 0;
    }
    return views;
  }

  /** By partition of views, the first offset that has not been handled. */
  public Map<Integer, Long> positions(OffsetTrackingQueue queue) {
    return consumer.viewsOf(handled(queue));
  }

  /** The same of labels. */
  public Map<Integer, LabelOffset> labelOffsets(OffsetTrackingQueue queue) {
    return labels
        .map(applier -> applier.offsets(consumer.labelsOf(handled(queue)), isIdle(queue)))
        .orElse(Map.of());
  }

  /**
   * While nothing waits in memory, these are the consumer's positions, which also move past
   * transaction markers.
   */
  private Map<TopicPartition, Long> handled(OffsetTrackingQueue queue) {
    return isIdle(queue) ? consumer.positions() : queue.positions();
  }

  private boolean isIdle(OffsetTrackingQueue queue) {
    return queue.isEmpty() && polled.isEmpty();
  }
}
