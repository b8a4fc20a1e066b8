package io.stillstream.labeler.model;

import java.util.List;
import java.util.Optional;

/**
 * A model whose logits become labels. One thread at a time may ask for logits; others may lay out
 * further batches meanwhile.
 */
public interface TeacherModel extends AutoCloseable {
  /** What every label names. */
  Identity identity();

  /** Where it computes; what is learnt of one device's memory holds for its other lanes. */
  default String device() {
    return "cpu";
  }

  /** Number of classes K. */
  int classes();

  /**
   * Why a view of this size is not taken, in one line; empty if it is. Safe for several threads.
   */
  Optional<String> rejectionReason(Pixels view);

  /**
   * Lays a batch out in memory that the model can work on; the caller closes it. Safe for several
   * threads, also while another batch is being answered.
   *
   * @param views N images, at least one, none of which is refused
   */
  PreparedBatch prepare(List<Pixels> views);

  /**
   * Answers a batch.
   *
   * @param batch N views, laid out by this teacher
   * @return logits [N, K], row n for view n; they may hold values that are not finite
   * @throws InferenceException if the model failed on this batch; the next one may well succeed
   */
  float[][] logits(PreparedBatch batch);

  /** Lays a batch out and answers it. */
  default float[][] logits(List<Pixels> views) {
    try (PreparedBatch batch = prepare(views)) {
      return logits(batch);
    }
  }

  /**
   * A view that the model has answered with finite logits when it was loaded. If it does not answer
   * this one either, the model is broken, and not the views that it fails on.
   */
  Pixels knownGood();

  @Override
  void close();

  /** Which model it is; {@code sha256} is that of the model file, lower-case hex. */
  record Identity(String name, String version, String sha256) {}
}
