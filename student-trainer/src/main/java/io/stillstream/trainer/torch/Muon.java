package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Muon (Jordan et al. 2024): the step of a weight matrix is its Nesterov momentum, brought near to
 * the nearest semi-orthogonal matrix by five Newton–Schulz iterations. Convolutions [out, in, k, k]
 * count as matrices [out, in·k·k]. The step is multiplied with √max(1, rows/columns). There is no
 * weight decay.
 *
 * <p>The last weight of two or more dimensions in the module's order, which is taken for the output
 * layer, an {@link EmbeddingProjection}, and all weights of one dimension follow {@link AdamW}.
 */
final class Muon implements Optimiser {
  private static final float MOMENTUM = 0.95f;
  private static final int ITERATIONS = 5;
  private static final float A = 3.4445f;
  private static final float B = -4.7750f;
  private static final float C = 2.0315f;
  private static final float EPSILON = 1e-7f;
  private static final int VELOCITY = 0;

  private final OptimiserState state;
  private final AdamW adamW;
  private final Set<String> matrices;
  private final double rateRatio;

  /**
   * @param manager lives as long as this
   * @param weightDecay of the weights that follow AdamW
   * @param rateRatio Muon's rate, as a multiple of AdamW's
   */
  Muon(NDManager manager, Map<String, NDArray> weights, double weightDecay, double rateRatio) {
    this.matrices = hiddenMatrices(weights);
    this.state =
        new OptimiserState(
            manager, "muon", name -> matrices.contains(name) ? 1 : AdamW.SLOTS, weights);
    this.adamW = new AdamW(state, weightDecay);
    this.rateRatio = rateRatio;
  }

  private static Set<String> hiddenMatrices(Map<String, NDArray> weights) {
    Set<String> names = new LinkedHashSet<>();
    String last = null;
    for (Map.Entry<String, NDArray> weight : weights.entrySet()) {
      if (weight.getValue().getShape().dimension() >= 2
          && !weight.getKey().equals(EmbeddingProjection.WEIGHT)) {
        last = weight.getKey();
        names.add(last);
      }
    }
    names.remove(last);
    return names;
  }

  @Override
  public OptimiserState state() {
    return state;
  }

  @Override
  public void update(NDManager scope, Gradients gradients, double scale, double rate) {
    adamW.update(scope, gradients.of(name -> !matrices.contains(name)), scale, rate);
    gradients
        .of(matrices::contains)
        .forEach(
            (name, weight, gradient) -> {
              try (NDManager temporary = scope.newSubManager()) {
                NDArray velocity = state.tensor(name, VELOCITY);
                NDArray ahead = ahead(temporary, velocity, gradient, (float) scale);
                subtract(weight, ahead, rate * rateRatio);
              }
            });
  }

  /** Moves the velocity, and looks ahead along it (Nesterov). The result belongs to the manager. */
  private static NDArray ahead(NDManager manager, NDArray velocity, NDArray gradient, float scale) {
    NDArray share = gradient.mul(scale * (1 - MOMENTUM));
    share.attach(manager);
    velocity.muli(MOMENTUM);
    velocity.addi(share);
    NDArray ahead = velocity.mul(MOMENTUM);
    ahead.attach(manager);
    return ahead.addi(share);
  }

  private static void subtract(NDArray weight, NDArray direction, double rate) {
    Shape shape = weight.getShape();
    long rows = shape.get(0);
    long columns = shape.size() / rows;
    NDArray matrix = direction.reshape(rows, columns);
    boolean tall = rows > columns;
    // The smaller of the two products with the transpose: the iterations take less time.
    NDArray step = orthogonalise(tall ? matrix.transpose() : matrix);
    step.muli((float) (rate * Math.sqrt(Math.max(1, (double) rows / columns))));
    weight.subi((tall ? step.transpose() : step).reshape(shape));
  }

  /**
   * Brings all singular values of a matrix X near to 1; they end between about 0.7 and 1.2.
   *
   * <p>An iteration is X ← P·X with P = a·I + b·G + c·G² and G = X·Xᵀ. All P are polynomials of the
   * first G, so they commute, and the next G is P·G·P: the iterations need X only at the start and
   * at the end. For a wide matrix that takes a fraction of the time.
   */
  private static NDArray orthogonalise(NDArray matrix) {
    try (NDManager temporary = matrix.getManager().newSubManager()) {
      NDArray norm = matrix.norm(2, new int[] {0, 1}, true);
      NDArray x = matrix.div(norm.addi(EPSILON));
      x.attach(temporary);
      NDArray gram = x.matMul(x.transpose());
      NDArray identity = temporary.eye((int) x.getShape().get(0)).muli(A);
      NDArray product = null;
      for (int i = 0; i < ITERATIONS; i++) {
        NDArray factor = gram.matMul(gram).muli(C).addi(gram.mul(B)).addi(identity);
        product = product == null ? factor : factor.matMul(product);
        if (i < ITERATIONS - 1) {
          gram = factor.matMul(gram).matMul(factor);
        }
      }
      NDArray result = product.matMul(x);
      result.attach(matrix.getManager());
      return result;
    }
  }
}
