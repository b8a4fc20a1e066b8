package io.stillstream.containers.inference;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A version of a model in the repository of a server. It takes one tensor {@code input} and gives
 * {@code logits}, FP32 [N, 10]. Without an ONNX file it is {@link LinearClassifier}.
 *
 * @param version 1 or more; servers compare it as a number
 * @param datatype {@code UINT8} or {@code FP32}
 * @param shape of one image: [H, W, C] of UINT8, [C, H, W] of FP32
 * @param onnx a graph whose only input is of that type and shape, with N before it
 */
public record RepositoryModel(
    String name, int version, String datatype, List<Integer> shape, Optional<Path> onnx) {
  /** Logits of every model. */
  public static final int CLASSES = 10;

  public RepositoryModel {
    if (version < 1) {
      throw new IllegalArgumentException("version: must be 1 or more, was " + version);
    }
    shape = List.copyOf(shape);
  }

  /** Version 1, for pixels of 0 to 255. */
  public static RepositoryModel ofPixels(String name, int height, int width, int channels) {
    return new RepositoryModel(
        name, 1, "UINT8", List.of(height, width, channels), Optional.empty());
  }

  /** Version 1, for numbers. */
  public static RepositoryModel ofFloats(String name, int channels, int height, int width) {
    return new RepositoryModel(name, 1, "FP32", List.of(channels, height, width), Optional.empty());
  }

  public RepositoryModel withVersion(int other) {
    return new RepositoryModel(name, other, datatype, shape, onnx);
  }

  public RepositoryModel withOnnx(Path graph) {
    return new RepositoryModel(name, version, datatype, shape, Optional.of(graph));
  }

  /** Numbers of a shape, with commas between them. */
  static String list(Stream<Integer> shape) {
    return shape.map(String::valueOf).collect(Collectors.joining(", "));
  }
}
