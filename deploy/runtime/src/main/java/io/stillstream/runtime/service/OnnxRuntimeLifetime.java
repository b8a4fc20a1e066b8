package io.stillstream.runtime.service;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Keeps ONNX Runtime usable until the process ends. Its Java library closes its environment in a
 * shutdown hook of its own, beside the one that stops the service: what the service computes while
 * it stops would fail. The native environment counts its holders, so one more keeps it.
 *
 * <p>By reflection, as not every service has ONNX Runtime; what it uses is no public API.
 */
public final class OnnxRuntimeLifetime {
  /** As ORT_LOGGING_LEVEL_FATAL. */
  private static final int FATAL = 4;

  private OnnxRuntimeLifetime() {}

  /**
   * Makes this process a holder, once; the environment has to be there.
   *
   * @throws IllegalStateException if this version of the library is built otherwise
   */
  public static void extendToProcessEnd() {
    if (!Holder.HELD) {
      throw new IllegalStateException("ONNX Runtime has no environment to hold");
    }
  }

  /** Holds it when it is first asked for. */
  private static final class Holder {
    private static final boolean HELD = hold();

    private static boolean hold() {
      try {
        Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
        api.setAccessible(true);
        Method create =
            Class.forName("ai.onnxruntime.OrtEnvironment")
                .getDeclaredMethod("createHandle", long.class, int.class, String.class);
        create.setAccessible(true);
        return (long) create.invoke(null, api.getLong(null), FATAL, "stillstream") != 0;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("ONNX Runtime cannot be held: " + e, e);
      }
    }
  }
}
