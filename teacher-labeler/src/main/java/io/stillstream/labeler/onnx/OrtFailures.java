package io.stillstream.labeler.onnx;

import ai.onnxruntime.OrtException;
import io.stillstream.labeler.model.InferenceException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What ONNX Runtime throws, in the terms of the model's interface. */
final class OrtFailures {
  private static final Pattern CODE = Pattern.compile("^Error code - \\w+ - message: ");

  /** By the messages of the allocators of the CPU and of CUDA, cuBLAS and cuDNN. */
  private static final List<String> OUT_OF_MEMORY =
      List.of(
          "failed to allocate memory",
          "out of memory",
          "bad_alloc",
          "bad allocation",
          "cublas_status_alloc_failed",
          "cudnn_status_alloc_failed",
          "available memory of");

  private OrtFailures() {}

  /** A failed run. */
  static InferenceException failure(OrtException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return new InferenceException(
        firstLine(e), OUT_OF_MEMORY.stream().anyMatch(message::contains), e);
  }

  /** The line of a message that says what is wrong, without the code before it. */
  static String firstLine(OrtException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage().strip();
    return CODE.matcher(message.lines().findFirst().orElse(e.toString())).replaceFirst("").strip();
  }
}
