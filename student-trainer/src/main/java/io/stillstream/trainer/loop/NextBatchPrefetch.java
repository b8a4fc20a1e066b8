package io.stillstream.trainer.loop;

import io.stillstream.trainer.input.PendingRecord;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.PrefetchedBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the batch built that the records which wait will probably make, and that of the originals
 * among them, while the batch before is trained on. Belongs to the loop's thread.
 */
public final class NextBatchPrefetch {
  private final BatchBuilder batches;
  private final int batchSize;
  private List<PrefetchedBatch> current = List.of();
  private List<PrefetchedBatch> next = List.of();

  /**
   * @param batchSize views of a batch
   */
  public NextBatchPrefetch(BatchBuilder batches, int batchSize) {
    this.batches = batches;
    this.batchSize = batchSize;
  }

  /**
   * A batch is full and trained on next. What has been built for that one is kept until the next
   * call, what has been built for the one before is given up.
   *
   * @param pending records behind it, in their order
   */
  void batchFull(Iterable<PendingRecord> pending) {
    if (!batches.isAhead()) {
      return;
    }
    current.forEach(PrefetchedBatch::close);
    current = next;
    next = prefetch(views(pending));
  }

  /** Those of the next batch; fewer if not all of them are decoded. */
  private List<TrainingExample> views(Iterable<PendingRecord> pending) {
    List<TrainingExample> views = new ArrayList<>(batchSize);
    for (PendingRecord record : pending) {
      if (views.size() == batchSize || !record.isDone()) {
        break;
      }
      record.decoded().ifPresent(views::add);
    }
    return views;
  }

  private List<PrefetchedBatch> prefetch(List<TrainingExample> views) {
    if (views.size() < batchSize) {
      return List.of();
    }
    List<TrainingExample> originals = views.stream().filter(TrainingExample::isOriginal).toList();
    List<PrefetchedBatch> built = new ArrayList<>();
    if (!originals.isEmpty()) {
      built.add(batches.prefetch(originals, DecodePriority.NEXT_BATCH));
    }
    built.add(batches.prefetch(views, DecodePriority.NEXT_BATCH));
    return built;
  }
}
