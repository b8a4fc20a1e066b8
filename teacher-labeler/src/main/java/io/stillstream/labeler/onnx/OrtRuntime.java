package io.stillstream.labeler.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.OnnxRuntimeLifetime;
import io.stillstream.runtime.service.UnpackedLibraries;

/** ONNX Runtime of this process: one environment, for the life of the process. */
final class OrtRuntime {
  /** As ONNX Runtime names the directory into which it unpacks its libraries. */
  private static final String UNPACKED = "onnxruntime-java";

  private OrtRuntime() {}

  /**
   * Starts it, if nothing has yet. It reports errors only, and those as exceptions too.
   *
   * @throws StartupException if its libraries cannot be loaded here
   */
  static OrtEnvironment environment() {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      environment.setTelemetry(false);
      OnnxRuntimeLifetime.extendToProcessEnd();
      if (!OrtDevice.hasCuda()) {
        // With CUDA further ones are loaded later.
        UnpackedLibraries.unlink(UNPACKED);
      }
      return environment;
    } catch (LinkageError e) {
      throw new StartupException("ONNX Runtime does not start: " + rootCause(e), e);
    } catch (OrtException e) {
      throw new StartupException("ONNX Runtime does not start: " + OrtFailures.firstLine(e), e);
    }
  }

  private static String rootCause(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }
}
