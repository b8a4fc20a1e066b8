package io.stillstream.labeler.metrics;

import io.stillstream.labeler.batching.BatchCloseReason;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.time.Duration;
import java.util.List;

/**
 * What the labeler measures. A view is counted when the transaction with its label or its dead
 * letter has been committed; a batch that is repeated after an abort counts once. So at any moment,
 * for the life of the process,
 *
 * <pre>views = labeled + over budget + the sum of rejected over its reasons</pre>
 */
public interface LabelerMetrics {
  /** A batch has closed with this many views in it. */
  void batchClosed(BatchCloseReason reason, int size);

  /** A teacher has inferred (or failed on) one batch in this time. */
  void inference(Duration took);

  /** A transaction has been committed in this time, its records delivered included. */
  void committed(Duration took);

  /** A label has been committed; {@code age} is the time since the image was captured. */
  void labeled(Duration age);

  /** A view that the budget does not cover has been committed, without a label. */
  void overBudget(Duration age);

  /** A dead letter has been committed. */
  void rejected(ViewResult.Reason reason);

  /** Whether the teacher's top class of a labelled view is its known class. */
  void checkedAgainstTruth(boolean correct);

  /**
   * The teacher's cross entropy in nats for a labelled view with a known class, or two, or a mask.
   */
  void lossAgainstTruth(double loss);

  /** The teacher's classes of the pixels of a labelled view beside those of its mask. */
  void pixelsAgainstTruth(MaskTruth.Evaluation evaluation);

  /**
   * What is known of the teacher's answer to a labelled view.
   *
   * @param keys what the view counts for
   */
  void augmentation(List<OperationStrength> keys, ViewAnswers answers);

  /** A transaction was aborted, and its views will be read again. */
  void recovered(Recovery kind);

  /** Views that have been polled and are not sent yet. */
  void pending(int views);

  /**
   * A device is short of memory: from now on its batches have at most so many views; 0 if it gets
   * full batches again.
   */
  void batchCap(String device, int cap);

  /** Views that must be inferred alone, because a process died with them in flight. */
  void suspects(int known);

  /** Why a transaction was aborted. A closed list: it is a metric's tag. */
  enum Recovery {
    /** The producer was kept. */
    ABORTED,
    /** The producer was fenced or lost its epoch, and was replaced. */
    RECREATED,
    /** The partitions were lost to another member of the group. */
    LOST
  }
}
