package io.stillstream.trainer.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.stillstream.runtime.service.OnnxRuntimeLifetime;
import io.stillstream.runtime.service.UnpackedLibraries;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** Runs an ONNX file once, in ONNX Runtime with its default optimisations. Keeps nothing open. */
final class OnnxInference {
  /** As ONNX Runtime names the directory into which it unpacks its libraries. */
  private static final String UNPACKED = "onnxruntime-java";

  private OnnxInference() {}

  /**
   * The answers for a probe batch, row by row.
   *
   * @throws IllegalArgumentException if ONNX Runtime cannot run it, or its answer has another shape
   *     than the student's
   */
  static float[] run(byte[] file, ProbeBatch probe, int threads) {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtSession session = environment.createSession(file, options);
          OnnxTensor input = input(environment, probe);
          OrtSession.Result result =
              session.run(Map.of(session.getInputNames().iterator().next(), input))) {
        return answers((OnnxTensor) result.get(0), probe);
      }
    } catch (OrtException e) {
      throw new IllegalArgumentException("ONNX Runtime cannot run it: " + e.getMessage(), e);
    }
  }

  /** One for the process, never closed. It reports errors only, and those as exceptions too. */
  private static OrtEnvironment environment() {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      OnnxRuntimeLifetime.extendToProcessEnd();
      UnpackedLibraries.unlink(UNPACKED);
      return environment;
    } catch (LinkageError | IllegalStateException e) {
      throw new IllegalArgumentException("ONNX Runtime cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static OnnxTensor input(OrtEnvironment environment, ProbeBatch probe)
      throws OrtException {
    return probe.isFloat()
        ? OnnxTensor.createTensor(environment, probe.floats(), probe.shape())
        : OnnxTensor.createTensor(environment, probe.bytes(), probe.shape(), OnnxJavaType.UINT8);
  }

  private static float[] answers(OnnxTensor output, ProbeBatch probe) {
    long[] expected = probe.model().output().batch(ProbeBatch.SIZE);
    long[] shape = output.getInfo().getShape();
    if (!Arrays.equals(shape, expected)) {
      throw new IllegalArgumentException(
          "its output for %d views has shape %s, must be %s"
              .formatted(ProbeBatch.SIZE, Arrays.toString(shape), Arrays.toString(expected)));
    }
    FloatBuffer values = output.getFloatBuffer();
    float[] answers = new float[values.remaining()];
    values.get(answers);
    return answers;
  }
}
