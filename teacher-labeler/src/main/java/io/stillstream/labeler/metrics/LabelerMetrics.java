package io.stillstream.labeler.metrics;

import io.stillstream.labeler.batching.BatchCloseReason;
import io.stillstream.labeler.result.ViewResult;
import java.time.Duration;

/**
 * What the labeler measures. Views are counted when they are settled, which is when the transaction
 * that holds their label or their dead letter has been committed; a batch that is done again after
 * an abort counts once. So at any moment, for the life of the process,
 *
 * <pre>views = labeled + passed over + the sum of rejected over its reasons</pre>
 */
public interface LabelerMetrics {
  /** A batch has closed with this many views in it. */
  void batchClosed(BatchCloseReason reason, int size);

  /** A teacher has answered (or failed on) one batch in this time. */
  void inference(Duration took);

  /** A label has been committed; {@code age} is the time since the image was captured. */
  void labeled(Duration age);

  /** A view that the budget does not cover has been committed, without a label. */
  void passedOver(Duration age);

  /** A dead letter has been committed. */
  void rejected(ViewResult.Reason reason);

  /** A labelled view had a known class, and this is whether the teacher's top class is that one. */
  void checkedAgainstTruth(boolean correct);

  /** A labelled view had a known class, or two, and this is the teacher's cross entropy in nats. */
  void lossAgainstTruth(double loss);

  /** A transaction was given up, and its views will be read again. */
  void recovered(Recovery kind);

  /** Views that have been fetched and have neither label nor letter yet. */
  void pending(int views);

  /** A device is short of memory: from now on it is asked no more than so many views at once. */
  void batchCapped(String device, int cap);

  /** From now on a device is asked full batches again. */
  void batchUncapped(String device);

  /** Views that must be tried alone, as a process died with them in hand. */
  void suspects(int known);

  /** Why a transaction was given up. A closed list: it is a metric's tag. */
  enum Recovery {
    /** The transaction was aborted, the producer lives on. */
    ABORTED,
    /** The producer was fenced or lost its epoch, and was made anew. */
    RECREATED,
    /** The partitions were lost to another member of the group. */
    LOST
  }
}
