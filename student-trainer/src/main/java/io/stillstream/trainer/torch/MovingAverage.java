package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * An exponential moving average of weights <em>and</em> running statistics, kept in a second module
 * of the same kind: what is evaluated and released. With only the weights averaged, the statistics
 * of batch norm would be those of other weights. Counters and other tensors that are not floating
 * point are copied.
 */
final class MovingAverage {
  private final Map<String, NDArray> sources;
  private final Map<String, NDArray> averages;
  private final double maxDecay;

  /**
   * @param sources by name
   * @param averages by the same names
   */
  MovingAverage(Map<String, NDArray> sources, Map<String, NDArray> averages, double maxDecay) {
    this.sources = sources;
    this.averages = averages;
    this.maxDecay = maxDecay;
  }

  /**
   * Folds in the source: {@code average = d·average + (1−d)·source} with d = min(max,
   * (1+k)/(10+k)).
   *
   * @param scope takes what is temporary
   * @param k updates of the source so far, this one included
   */
  void update(NDManager scope, long k) {
    double decay = Math.min(maxDecay, (1.0 + k) / (10.0 + k));
    NDArray keep = scope.create((float) decay);
    NDArray add = scope.create((float) (1 - decay));
    averages.forEach(
        (name, mean) -> {
          NDArray value = sources.get(name);
          if (!mean.getDataType().isFloating()) {
            TensorBackup.copy(value, mean);
            return;
          }
          try (NDArray share = value.mul(add)) {
            mean.muli(keep);
            mean.addi(share);
          }
        });
  }
}
