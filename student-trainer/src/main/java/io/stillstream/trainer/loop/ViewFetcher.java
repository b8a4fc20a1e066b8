package io.stillstream.trainer.loop;

import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.batch.PolledRecordBuffer;
import io.stillstream.trainer.input.PendingRecord;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches records and converts them to views that wait for a batch. Records for more batches are
 * fetched and decoded ahead; each is converted when its batch is next, so that dead letters come
 * when they would come without. Belongs to the loop's thread.
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
  private final PolledRecordBuffer<PendingRecord> polled = new PolledRecordBuffer<>();

  /**
   * @param prefetch builds the next batch
   * @param ahead records that are decoded ahead, beyond those of the batch
   */
  public ViewFetcher(
      LabeledViewConsumer consumer,
      RecordConverter converter,
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
    this.heartbeat = heartbeat;
    this.control = control;
  }

  /** Starts to read new partitions, as {@link LabeledViewConsumer#assignPartitions}. */
  public Map<Integer, Long> assignPartitions(Map<Integer, Long> saved) {
    return consumer.assignPartitions(saved);
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
      polled.add(consumer.poll(timeout, room).stream().map(converter::begin).toList());
    }
    polled.drain(
        record -> {
          if (queue.views() == full) {
            return false;
          }
          Optional<ConsumedView> view = convert(record);
          if (view.isEmpty()) {
            // The service stops: no later record may overtake this one.
            return false;
          }
          queue.add(view.get(), System.nanoTime());
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
      record.decoded().ifPresent(views::add);
    }
    return views;
  }

  /** Empty if the service stops before the record could be converted. */
  private Optional<ConsumedView> convert(PendingRecord record) throws InterruptedException {
    while (true) {
      try {
        if (!deadLetters.isFull() || deadLetters.confirm()) {
          return Optional.of(converter.convert(record));
        }
      } catch (RegistryUnavailableException e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
      }
      heartbeat.beat();
      if (control.pause()) {
        return Optional.empty();
      }
    }
  }

  /** Records that are not in the queue yet, as far as is known. */
  public long lag() {
    return polled.size() + consumer.lag();
  }

  /**
   * By partition, the first offset that has not been handled. While nothing waits in memory, these
   * are the consumer's positions, which also move past transaction markers.
   */
  public Map<Integer, Long> positions(OffsetTrackingQueue queue) {
    return queue.isEmpty() && polled.isEmpty() ? consumer.positions() : queue.positions();
  }
}
