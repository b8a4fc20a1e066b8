package io.stillstream.runtime.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a model's file holds; its name tells. */
public enum ModelFormat {
  /** A scripted module, as {@code torch.jit.save} writes it. */
  TORCHSCRIPT("pytorch_libtorch"),
  /** A graph of the Open Neural Network Exchange: a file that ends with {@code .onnx}. */
  ONNX("onnxruntime_onnx");

  private static final String TORCHSCRIPT_FILE = "model.pt";
  private static final String ONNX_FILE = "model.onnx";
  private static final String ONNX_SUFFIX = ".onnx";

  private final String platform;

  ModelFormat(String platform) {
    this.platform = platform;
  }

  /**
   * The model's file in a directory.
   *
   * @param named in the description, relative to the directory; without it, {@code model.pt}, or
   *     {@code model.onnx} where only that is there
   */
  public static Path file(Path directory, Optional<Path> named) {
    Path torchScript = directory.resolve(TORCHSCRIPT_FILE);
    Path onnx = directory.resolve(ONNX_FILE);
    return named
        .map(directory::resolve)
        .orElse(
            Files.isRegularFile(onnx) && !Files.isRegularFile(torchScript) ? onnx : torchScript);
  }

  static ModelFormat of(Path file) {
    return file.getFileName().toString().endsWith(ONNX_SUFFIX) ? ONNX : TORCHSCRIPT;
  }

  /** What computes it, as Triton and the Open Inference Protocol name platforms. */
  public String platform() {
    return platform;
  }
}
