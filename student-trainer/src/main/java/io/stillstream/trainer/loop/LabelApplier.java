package io.stillstream.trainer.loop;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.input.LabelConverter;
import io.stillstream.trainer.input.PendingLabel;
import io.stillstream.trainer.label.ImageTruth;
import io.stillstream.trainer.label.LabelJoin;
import io.stillstream.trainer.label.LabelMatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Applies labels when it is their turn, and knows which are applied. Views that wait in the queue
 * at a checkpoint are read again after it, and with them the labels between them, so that their
 * order is the same again; those labels are not applied a second time. Belongs to the loop's
 * thread.
 */
public final class LabelApplier {
  private final LabelConverter converter;
  private final LabelJoin join;
  private final LongPredicate erased;
  private final Map<Integer, LabelOffset> saved;

  /** Per partition, the offset before which labels of the checkpoint come again. */
  private final Map<Integer, Long> known = new HashMap<>();

  /** Per partition, the offset after the last label that was applied. */
  private final Map<Integer, Long> applied = new HashMap<>();

  /** Per partition, the offset after the last record. */
  private final Map<Integer, Long> next = new HashMap<>();

  /**
   * @param erased whether nothing must be kept of an image
   * @param saved what the checkpoint says
   */
  public LabelApplier(
      LabelConverter converter,
      LabelJoin join,
      LongPredicate erased,
      Map<Integer, LabelOffset> saved) {
    this.converter = converter;
    this.join = join;
    this.erased = erased;
    this.saved = new HashMap<>(saved);
  }

  /** Has a record read, checked and decoded ahead. */
  PendingLabel begin(ConsumerRecord<byte[], byte[]> record) {
    return converter.begin(record);
  }

  /** Offsets in the checkpoint from which partitions are to be read. */
  Map<Integer, Long> savedPositions() {
    Map<Integer, Long> positions = new HashMap<>();
    saved.forEach((partition, offset) -> positions.put(partition, offset.position()));
    return positions;
  }

  /** Reading of a partition begins. */
  void startPartition(int partition, long offset) {
    LabelOffset former = saved.remove(partition);
    // Before the position, the topic is another one; after it, some labels were deleted.
    boolean isSame = former != null && offset >= former.position();
    known.put(partition, isSame ? Math.max(offset, former.applied()) : offset);
    applied.put(partition, known.get(partition));
    next.put(partition, offset);
  }

  /**
   * Applies the label whose turn it is.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry is away:
   *     try the same record again later
   */
  void apply(PendingLabel label, OffsetTrackingQueue queue, long nanos) {
    ConsumerRecord<byte[], byte[]> record = label.record();
    if (record.offset() < next.getOrDefault(record.partition(), 0L)) {
      // Offsets go back only where the topic was made anew: none of its labels is known.
      known.remove(record.partition());
    }
    if (record.offset() >= known.getOrDefault(record.partition(), 0L)) {
      converter.convert(label, truth -> join(truth, queue));
      applied.put(record.partition(), record.offset() + 1);
    }
    next.put(record.partition(), record.offset() + 1);
    queue.add(
        ConsumedView.nothing(
            new TopicPartition(record.topic(), record.partition()), record.offset()),
        nanos);
  }

  private void join(ImageTruth truth, OffsetTrackingQueue queue) {
    if (!erased.test(truth.image())) {
      LabelMatch unused = join.accept(truth, queue);
    }
  }

  /**
   * For a checkpoint, with those of partitions that are not read now.
   *
   * @param positions where the partitions are read from after it
   * @param isAllApplied whether no record before them waits
   */
  Map<Integer, LabelOffset> offsets(Map<Integer, Long> positions, boolean isAllApplied) {
    Map<Integer, LabelOffset> offsets = new HashMap<>(saved);
    applied.forEach((partition, next) -> offsets.put(partition, new LabelOffset(next, next)));
    positions.forEach(
        (partition, position) -> {
          // What was applied may be of a topic that was made anew since, and is shorter now.
          long last = isAllApplied ? position : applied.getOrDefault(partition, 0L);
          offsets.put(partition, new LabelOffset(position, Math.max(position, last)));
        });
    return offsets;
  }
}
