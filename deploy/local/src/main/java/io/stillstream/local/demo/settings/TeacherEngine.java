package io.stillstream.local.demo.settings;

import io.stillstream.runtime.model.ModelFormat;

/** What computes a teacher's answers in the demo. */
public enum TeacherEngine {
  /** DJL with libtorch. */
  PYTORCH("pytorch", ModelFormat.TORCHSCRIPT),
  /** ONNX Runtime. */
  ONNX("onnx", ModelFormat.ONNX);

  private final String key;
  private final ModelFormat format;

  TeacherEngine(String key, ModelFormat format) {
    this.key = key;
    this.format = format;
  }

  /** The engine that runs a format. */
  public static TeacherEngine of(ModelFormat format) {
    return format == ModelFormat.ONNX ? ONNX : PYTORCH;
  }

  /** As options and summaries name it. */
  public String key() {
    return key;
  }

  /** What its models are. */
  ModelFormat format() {
    return format;
  }
}
