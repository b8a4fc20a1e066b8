package io.stillstream.trainer.gate;

import io.stillstream.trainer.training.comparison.PairedComparison;

/** Loads a released model, to compare the student with it. */
@FunctionalInterface
public interface BaselineLoader {
  /**
   * Loads a model; the caller closes it.
   *
   * @param file bytes of the release's {@code .pt} file
   * @throws IllegalArgumentException if it is not a model
   */
  PairedComparison.BaselineModel load(byte[] file);
}
