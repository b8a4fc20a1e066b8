package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A linear layer without bias that maps a student's embeddings [N, d] to the teacher's dimensions
 * [N, D], where the two are compared; with its moving average. It is trained with the student, and
 * belongs to the training: a release does not have it.
 *
 * <p>As bytes, big-endian: d, D, the weights [d, D] and their average.
 */
final class EmbeddingProjection {
  /** No parameter of a module can have this name. */
  static final String WEIGHT = "(projection)";

  private final Shape shape;
  private final NDArray weight;
  private final NDArray average;

  private EmbeddingProjection(NDManager manager, ByteBuffer bytes) {
    this.shape = new Shape(bytes.getInt(), bytes.getInt());
    this.weight = tensor(manager, bytes);
    this.average = tensor(manager, bytes);
    this.weight.setRequiresGradient(true);
  }

  /** In memory of libtorch: that of a Java buffer is aligned otherwise at each start. */
  private NDArray tensor(NDManager manager, ByteBuffer bytes) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    NDArray tensor = manager.zeros(shape);
    try (NDArray source = manager.create(values, shape)) {
      TensorBackup.copy(source, tensor);
    }
    return tensor;
  }

  /**
   * A projection before any training: uniform between ±1/√d, as PyTorch's {@code Linear} begins.
   *
   * @param from d
   * @param to D
   */
  static byte[] untrained(int from, int to, long seed) {
    Random random = new Random(seed);
    double bound = 1 / Math.sqrt(from);
    float[] values = new float[Math.multiplyExact(from, to)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return bytes(from, to, values, values);
  }

  private static byte[] bytes(long from, long to, float[] weight, float[] average) {
    ByteBuffer bytes =
        ByteBuffer.allocate(2 * Integer.BYTES + (weight.length + average.length) * Float.BYTES)
            .putInt((int) from)
            .putInt((int) to);
    bytes.asFloatBuffer().put(weight).put(average);
    return bytes.array();
  }

  /**
   * Reads what {@link #toBytes} or {@link #untrained} gave.
   *
   * @param manager lives as long as this
   * @throws IllegalArgumentException if it is something else
   */
  static EmbeddingProjection parse(NDManager manager, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 8 || 8 + 8L * in.getInt(0) * in.getInt(4) != bytes.length) {
      throw new IllegalArgumentException(
          "a projection cannot have " + bytes.length + " bytes of such dimensions");
    }
    return new EmbeddingProjection(manager, in);
  }

  /**
   * Checks that a training goes on with the projection that it has.
   *
   * @param saved what {@link #toBytes} gave
   * @param configured the teacher's dimensions
   * @throws IllegalArgumentException if it does not
   */
  static void requireConfigured(Optional<byte[]> saved, Optional<Integer> configured) {
    Optional<Integer> dimensions = saved.map(bytes -> ByteBuffer.wrap(bytes).getInt(Integer.BYTES));
    if (!dimensions.equals(configured)) {
      throw new IllegalArgumentException(
          "its training has %s, loss.projection %s"
              .formatted(
                  dimensions.map(to -> "a projection to " + to).orElse("no projection"),
                  configured.map(to -> "was " + to).orElse("is not set")));
    }
  }

  byte[] toBytes() {
    return bytes(shape.get(0), shape.get(1), Libtorch.floats(weight), Libtorch.floats(average));
  }

  /** What is trained, by its name. */
  Map<String, NDArray> weights() {
    return Map.of(WEIGHT, weight);
  }

  Map<String, NDArray> averages() {
    return Map.of(WEIGHT, average);
  }

  /** The embeddings of the module that trains, projected. */
  NDArray project(NDArray embeddings) {
    return projected(embeddings, weight);
  }

  /** The embeddings of the moving average, projected. */
  NDArray projectAverage(NDArray embeddings) {
    return projected(embeddings, average);
  }

  private NDArray projected(NDArray embeddings, NDArray matrix) {
    Shape actual = embeddings.getShape();
    if (actual.dimension() != 2 || actual.get(1) != shape.get(0)) {
      throw new IllegalArgumentException(
          "its output has shape %s, the projection takes %d dimensions"
              .formatted(actual, shape.get(0)));
    }
    return embeddings.matMul(matrix);
  }
}
