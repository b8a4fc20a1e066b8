package io.stillstream.trainer.training;

import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.PrefetchedBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the next fresh batch built, and that of the originals in it, while the batch before is
 * trained on. For one thread.
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
   * A full batch is trained on next. What has been built for it is kept until the next call, what
   * has been built for the one before is given up.
   *
   * @param following views that will probably make the batch after it; built only if they are as
   *     many as a batch
   */
  public void batchFull(List<TrainingExample> following) {
    current.forEach(PrefetchedBatch::close);
    current = next;
    next = following.size() == batchSize ? prefetch(following) : List.of();
  }

  private List<PrefetchedBatch> prefetch(List<TrainingExample> views) {
    List<TrainingExample> originals = views.stream().filter(TrainingExample::isOriginal).toList();
    List<PrefetchedBatch> built = new ArrayList<>();
    if (!originals.isEmpty()) {
      built.add(batches.prefetch(originals, DecodePriority.NEXT_BATCH));
    }
    built.add(batches.prefetch(views, DecodePriority.NEXT_BATCH));
    return built;
  }
}
