package io.stillstream.student.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019) step for step as PyTorch computes it, behind clipping by the
 * global norm. Weights decay if they have two dimensions or more; biases and the parameters of
 * norms have one, and are spared.
 */
final class AdamW {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;

  /** As in torch.nn.utils.clip_grad_norm_. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Map<String, NDArray> weights;
  private final Map<String, NDArray> means = new LinkedHashMap<>();
  private final Map<String, NDArray> squares = new LinkedHashMap<>();
  private final double clip;
  private final double rate;
  private final NDArray keep;
  private long updates;

  /**
   * @param manager lives as long as this
   * @param clip largest global norm of the gradients
   */
  AdamW(
      NDManager manager,
      Map<String, NDArray> weights,
      double rate,
      double weightDecay,
      double clip) {
    this.weights = weights;
    this.clip = clip;
    this.rate = rate;
    this.keep = manager.create((float) (1 - rate * weightDecay));
    weights.forEach(
        (name, weight) -> {
          means.put(name, manager.zeros(weight.getShape()));
          squares.put(name, manager.zeros(weight.getShape()));
        });
  }

  /**
   * Takes one step with the gradients of the weights, and clears them. With a gradient that is not
   * finite it only clears them.
   *
   * @return the global norm before clipping
   */
  double step() {
    List<NDArray> gradients = new ArrayList<>();
    try {
      double sum = 0;
      for (NDArray weight : weights.values()) {
        NDArray gradient = Libtorch.gradient(weight);
        gradients.add(gradient);
        if (gradient != null) {
          sum += square(gradient);
        }
      }
      double norm = Math.sqrt(sum);
      if (Double.isFinite(norm)) {
        updates++;
        update(gradients, Math.min(1, clip / (norm + CLIP_EPSILON)));
      }
      clear(gradients);
      return norm;
    } finally {
      gradients.forEach(
          gradient -> {
            if (gradient != null) {
              gradient.close();
            }
          });
    }
  }

  private void update(List<NDArray> gradients, double scale) {
    double correction1 = 1 - Math.pow(0.9, (double) updates);
    double correction2 = Math.sqrt(1 - Math.pow(0.999, (double) updates));
    int i = 0;
    for (Map.Entry<String, NDArray> entry : weights.entrySet()) {
      NDArray weight = entry.getValue();
      NDArray gradient = gradients.get(i++);
      if (gradient == null) {
        continue;
      }
      if (weight.getShape().dimension() >= 2) {
        weight.muli(keep);
      }
      // PyTorch divides by √square/√(1−β₂ᵗ) + ε; the kernel does not know the correction.
      Libtorch.adam(
          weight,
          gradient,
          means.get(entry.getKey()),
          squares.get(entry.getKey()),
          (float) (rate * correction2 / correction1),
          (float) scale,
          BETA1,
          BETA2,
          (float) (EPSILON * correction2));
    }
  }

  private void clear(List<NDArray> gradients) {
    int i = 0;
    for (NDArray weight : weights.values()) {
      if (gradients.get(i++) != null) {
        Libtorch.zeroGradient(weight);
      }
    }
  }

  private static double square(NDArray gradient) {
    int[] axes = new int[gradient.getShape().dimension()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    try (NDArray norm = gradient.norm(2, axes, false)) {
      double value = norm.getFloat();
      return value * value;
    }
  }

  /** Writes the state: everything but the weights. */
  void save(DataOutputStream out) throws IOException {
    out.writeLong(updates);
    out.writeInt(weights.size());
    for (String name : weights.keySet()) {
      out.writeUTF(name);
      write(out, means.get(name));
      write(out, squares.get(name));
    }
  }

  /**
   * Takes up a saved state.
   *
   * @throws IOException if it is of other weights
   */
  void restore(DataInputStream in) throws IOException {
    updates = in.readLong();
    int count = in.readInt();
    if (count != weights.size()) {
      throw new IOException("state of " + count + " weights, there are " + weights.size());
    }
    for (String name : weights.keySet()) {
      String stored = in.readUTF();
      if (!stored.equals(name)) {
        throw new IOException("state of " + stored + " where " + name + " was expected");
      }
      read(in, means.get(name));
      read(in, squares.get(name));
    }
  }

  private static void write(DataOutputStream out, NDArray tensor) throws IOException {
    float[] values = tensor.toFloatArray();
    out.writeInt(values.length);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  private static void read(DataInputStream in, NDArray tensor) throws IOException {
    int length = in.readInt();
    Shape shape = tensor.getShape();
    if (length != shape.size()) {
      throw new IOException(length + " values where " + shape.size() + " were expected");
    }
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(4 * length));
    float[] values = new float[length];
    bytes.asFloatBuffer().get(values);
    try (NDArray source = tensor.getManager().create(values, shape)) {
      Tensors.copy(source, tensor);
    }
  }
}
