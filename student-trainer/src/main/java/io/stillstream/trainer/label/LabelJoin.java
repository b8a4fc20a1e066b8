package io.stillstream.trainer.label;

import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.function.LongPredicate;

/**
 * Joins labels that come apart from their images with views. Views and labels have to come in one
 * order that the records alone determine; then so is everything that is trained. A later label of
 * an image replaces an earlier one, and any label that came apart the one that came with the image.
 *
 * <p>A label changes what is known of its image: the table of truths, which later views look up,
 * views that wait, views in the replay buffer, and the prequential window. It does not change what
 * has been: steps that were taken, drift that was detected, comparisons of a release with its
 * baseline.
 *
 * <p>To be used by one thread.
 */
public final class LabelJoin {
  /**
   * An empty table.
   *
   * @param training has buffer and window
   */
  public LabelJoin(LabelLimits limits, OnlineTraining training, LabelMetrics metrics) {}

  /**
   * The next view in the order of the records, whether or not it says anything to the student.
   *
   * @return the view with the truth of its images, as far as that is known; the same one if nothing
   *     is added
   */
  public TrainingExample join(TrainingExample view) {
    return view;
  }

  /**
   * The next label in the order of the records.
   *
   * @param queue views that wait
   * @return what it found; counted already
   */
  public LabelMatch accept(ImageTruth truth, OffsetTrackingQueue queue) {
    return LabelMatch.UNMATCHED;
  }

  /** Forgets what is known of images, and which outcomes of the window are theirs. */
  public void erase(LongPredicate image) {}

  /** The table as it is now; later calls do not change it. */
  public LabelSnapshot snapshot() {
    return new LabelSnapshot();
  }

  /**
   * Continues with a table that {@link LabelSnapshot#writeTo} wrote; with smaller limits, with the
   * latest part of it.
   *
   * @throws IOException if it is damaged
   */
  public void restore(DataInputStream in) throws IOException {}
}
