package io.stillstream.labeler.model;

import io.stillstream.schemas.answer.OutputShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A model whose answers become labels: logits, or embeddings. One thread at a time may compute
 * them; other threads may prepare further batches meanwhile.
 */
public interface TeacherModel extends AutoCloseable {
  /** The identity that every label names. */
  Identity identity();

  /** The device on which it computes; lanes of one device share its memory. */
  default String device() {
    return "cpu";
  }

  /** What it answers for one view; the same as long as it is open. */
  OutputShape output();

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
   * Computes answers.
   *
   * @param batch N views, prepared by this model
   * @return [N, {@link OutputShape#size}], row n for view n: logits [K] or [K, h, w], or an
   *     embedding [D], row-major; they may hold values that are not finite
   * @throws InferenceException if the model failed on this batch; the next one may succeed
   */
  float[][] answers(DeviceBatch batch);

  /**
   * Computes answers of a padded batch.
   *
   * @param views how many of its views, the first ones, are asked about; the rest is padding
   * @return [views, {@link OutputShape#size}], as those of the whole batch
   * @throws InferenceException as for the whole batch
   */
  default float[][] answers(DeviceBatch batch, int views) {
    return Arrays.copyOf(answers(batch), views);
  }

  /** Prepares a batch and computes its answers. */
  default float[][] answers(List<Pixels> views) {
    try (DeviceBatch batch = prepare(views)) {
      return answers(batch);
    }
  }

  /**
   * A view for which the model computed finite numbers when it was loaded. If it fails on this one
   * too, the model is broken, and not the views that it fails on.
   */
  Pixels knownGood();

  @Override
  void close();

  /**
   * Which model it is.
   *
   * @param sha256 of the model file, lower-case hex
   * @param platform what computes it, as Triton names platforms
   */
  record Identity(String name, String version, String sha256, String platform) {}
}
