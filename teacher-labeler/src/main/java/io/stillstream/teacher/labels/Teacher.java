package io.stillstream.teacher.labels;

import java.util.List;

/** A model whose logits become labels. Used by one thread at a time. */
public interface Teacher extends AutoCloseable {
  /** What every label names. */
  Identity identity();

  /** Number of classes K. */
  int classes();

  /**
   * Answers a batch.
   *
   * @param views N images, at least one, unsigned bytes in HWC order, each of the size that the
   *     model declares
   * @return logits [N, K], row n for view n; they may hold values that are not finite
   * @throws InferenceException if the model failed on this batch; the next one may well succeed
   */
  float[][] logits(List<byte[]> views);

  /**
   * A view that the model has answered with finite logits when it was loaded. If it does not answer
   * this one either, the model is broken, and not the views that it fails on.
   */
  byte[] knownGood();

  @Override
  void close();

  /** Which model it is; {@code sha256} is that of the model file, lower-case hex. */
  record Identity(String name, String version, String sha256) {}
}
