package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The gradients of all weights, as the graphs since the last {@link #clear} have added them up. */
final class Gradients implements AutoCloseable {
  /** As in torch.nn.utils.clip_grad_norm_. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Map<String, NDArray> weights;
  private final List<NDArray> gradients;
  private final double norm;

  Gradients(Map<String, NDArray> weights) {
    this.weights = weights;
    this.gradients = new ArrayList<>();
    for (NDArray weight : weights.values()) {
      gradients.add(Libtorch.gradient(weight));
    }
    norm = norm(gradients);
  }

  private Gradients(Map<String, NDArray> weights, List<NDArray> gradients, double norm) {
    this.weights = weights;
    this.gradients = gradients;
    this.norm = norm;
  }

  /** Those of some weights, by their names. They share the handles, which this one closes. */
  Gradients of(Predicate<String> names) {
    Map<String, NDArray> some = new LinkedHashMap<>();
    List<NDArray> own = new ArrayList<>();
    int i = 0;
    for (Map.Entry<String, NDArray> weight : weights.entrySet()) {
      NDArray gradient = gradients.get(i++);
      if (names.test(weight.getKey())) {
        some.put(weight.getKey(), weight.getValue());
        own.add(gradient);
      }
    }
    return new Gradients(some, own, norm);
  }

  /** The global norm: of all gradients as one vector. */
  double norm() {
    return norm;
  }

  /**
   * What gradients have to be multiplied with so that their global norm is at most {@code clip}.
   *
   * @param clip 0 for no clipping
   */
  double scale(double clip) {
    return clip > 0 ? Math.min(1, clip / (norm + CLIP_EPSILON)) : 1;
  }

  /** Visits the weights that have a gradient. */
  void forEach(Visitor visitor) {
    int i = 0;
    for (Map.Entry<String, NDArray> entry : weights.entrySet()) {
      NDArray gradient = gradients.get(i++);
      if (gradient != null) {
        visitor.visit(entry.getKey(), entry.getValue(), gradient);
      }
    }
  }

  /** Sets all gradients to zero. */
  void clear() {
    forEach((name, weight, gradient) -> Libtorch.zeroGradient(weight));
  }

  @Override
  public void close() {
    for (NDArray gradient : gradients) {
      if (gradient != null) {
        gradient.close();
      }
    }
  }

  /** Reads all norms at once: a GPU has to finish everything for each reading. */
  private static double norm(List<NDArray> gradients) {
    List<NDArray> present = gradients.stream().filter(Objects::nonNull).toList();
    if (present.isEmpty()) {
      return 0;
    }
    try (NDManager scope = present.get(0).getManager().newSubManager()) {
      NDList norms = new NDList();
      for (NDArray gradient : present) {
        int[] axes = IntStream.range(0, gradient.getShape().dimension()).toArray();
        NDArray norm = gradient.norm(2, axes, false);
        norm.attach(scope);
        norms.add(norm);
      }
      double sum = 0;
      for (float norm : Libtorch.floats(NDArrays.stack(norms))) {
        sum += (double) norm * norm;
      }
      return Math.sqrt(sum);
    }
  }

  /** Is shown a weight and its gradient. */
  interface Visitor {
    void visit(String name, NDArray weight, NDArray gradient);
  }
}
