package io.stillstream.bench.labeler;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * The least that a labeler could do with a teacher in ONNX: the graph called in a loop on one
 * thread, written on ONNX Runtime alone. Belongs to the thread that makes it.
 */
final class OrtInferenceLoop implements AutoCloseable {
  private static final int LEVELS = 256;

  private final InferenceSetup setup;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final float[][] scaled;
  private final ByteBuffer host;
  private final OnnxTensor resident;

  private OrtInferenceLoop(InferenceSetup setup, OrtEnvironment environment, OrtSession session)
      throws OrtException {
    this.setup = setup;
    this.environment = environment;
    this.session = session;
    input = session.getInputNames().iterator().next();
    scaled = scaled(setup.teacher());
    host = buffer(setup);
    resident = input(buffer(setup), 0);
  }

  /**
   * Loads the graph.
   *
   * @throws StartupException if it cannot be loaded, or not onto the device
   */
  static OrtInferenceLoop open(InferenceSetup setup) {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(setup.threads());
      if (setup.gpu()) {
        options.addCUDA(0);
      }
      String file = setup.teacher().file().toString();
      return new OrtInferenceLoop(setup, environment, environment.createSession(file, options));
    } catch (OrtException e) {
      throw new StartupException(
          setup.teacher().file() + ": cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** Whether ONNX Runtime of this build has CUDA. */
  static boolean hasCuda() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  /** Version of ONNX Runtime. */
  String version() {
    return environment.getVersion();
  }

  /** The batch lies in the host's memory as the graph takes it; logits are read back. */
  Workload resident() {
    return InferenceWorkload.of(setup, number -> forward(resident).length);
  }

  /** Each batch begins as images in Java's memory and is scaled where the graph does not do it. */
  Workload upload() {
    return InferenceWorkload.of(setup, number -> logits(number).length);
  }

  /** Logits [N·K] of the n-th batch, as {@link #upload} makes them. */
  float[] logits(long number) {
    try (OnnxTensor batch = input(host, number)) {
      return forward(batch);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private float[] forward(OnnxTensor batch) {
    try (OrtSession.Result result = session.run(Map.of(input, batch))) {
      FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] copied = new float[logits.remaining()];
      logits.get(copied);
      return copied;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private OnnxTensor input(ByteBuffer memory, long number) throws OrtException {
    ModelSpec teacher = setup.teacher();
    List<byte[]> images = setup.batch(number);
    memory.clear();
    if (teacher.inputType() == ModelSpec.InputType.UINT8) {
      images.forEach(memory::put);
      return OnnxTensor.createTensor(
          environment, memory.flip(), shape(teacher.layout()), OnnxJavaType.UINT8);
    }
    FloatBuffer floats = memory.asFloatBuffer();
    for (byte[] image : images) {
      for (int channel = 0; channel < scaled.length; channel++) {
        for (int at = channel; at < image.length; at += scaled.length) {
          floats.put(scaled[channel][image[at] & 0xFF]);
        }
      }
    }
    return OnnxTensor.createTensor(environment, floats.flip(), shape(ModelSpec.Layout.NCHW));
  }

  private long[] shape(ModelSpec.Layout layout) {
    ModelSpec teacher = setup.teacher();
    return layout == ModelSpec.Layout.NCHW
        ? new long[] {setup.batch(), teacher.channels(), teacher.height(), teacher.width()}
        : new long[] {setup.batch(), teacher.height(), teacher.width(), teacher.channels()};
  }

  private static ByteBuffer buffer(InferenceSetup setup) {
    int numbers = setup.batch() * setup.images().get(0).length;
    return ByteBuffer.allocateDirect(numbers * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  private static float[][] scaled(ModelSpec teacher) {
    float[][] table = new float[teacher.channels()][LEVELS];
    for (int channel = 0; channel < table.length; channel++) {
      for (int level = 0; level < LEVELS; level++) {
        table[channel][level] = (level / 255f - teacher.mean()[channel]) / teacher.std()[channel];
      }
    }
    return table;
  }

  @Override
  public void close() {
    try {
      resident.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
