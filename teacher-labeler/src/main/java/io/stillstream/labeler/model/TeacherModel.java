package io.stillstream.labeler.model;

import java.util.List;
import java.util.Optional;

/**
 * A model whose logits become labels. One thread at a time may compute logits; other threads may
 * prepare further batches meanwhile.
 */
public interface TeacherModel extends AutoCloseable {
  /** The identity that every label names. */
  Identity identity();

  /** The device on which it computes; lanes of one device share its memory. */
  default String device() {
    return "cpu";
  }

  /** Number of classes K. */
  int classes();

  /**
   * Why a view of this size is rejected, in one line; empty if it is accepted. Safe for several
   * threads.
   */
  Optional<String> rejectionReason(Pixels view);

  /**
   * Writes a batch to memory that the model reads; the caller closes it. Safe for several threads,
   * also while another batch is being inferred.
   *
   * @param views N images, at least one, none of which is rejected
   */
  DeviceBatch prepare(List<Pixels> views);

  /**
   * Computes logits.
   *
   * @param batch N views, prepared by this model
   * @return logits [N, K], row n for view n; they may hold values that are not finite
   * @throws InferenceException if the model failed on this batch; the next one may succeed
   */
  float[][] logits(DeviceBatch batch);

  /** Prepares a batch and computes its logits. */
  default float[][] logits(List<Pixels> views) {
    try (DeviceBatch batch = prepare(views)) {
      return logits(batch);
    }
  }

  /**
   * A view for which the model computed finite logits when it was loaded. If it fails on this one
   * too, the model is broken, and not the views that it fails on.
   */
  Pixels knownGood();

  @Override
  void close();

  /** Which model it is; {@code sha256} is that of the model file, lower-case hex. */
  record Identity(String name, String version, String sha256) {}
}
