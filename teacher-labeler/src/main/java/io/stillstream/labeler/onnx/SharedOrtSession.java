package io.stillstream.labeler.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.labeler.model.ExpectedOutput;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An ONNX file in the memory of one device. Several lanes share it and run it at the same time; it
 * is closed when the last of them has released it.
 */
final class SharedOrtSession {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final OnnxSignature signature;
  private final boolean isFloat;
  private final ExpectedOutput output;
  private final AtomicInteger holders = new AtomicInteger(1);

  private SharedOrtSession(
      OrtEnvironment environment, OrtSession session, OnnxSignature signature, ModelSpec spec) {
    this.environment = environment;
    this.session = session;
    this.signature = signature;
    this.isFloat = spec.inputType() == InputType.FLOAT;
    this.output = new ExpectedOutput(spec.output());
  }

  /**
   * Loads a file for one holder.
   *
   * @param threads within an operator
   * @throws StartupException if the file is missing or no ONNX file, or its inputs and outputs are
   *     others than described
   */
  static SharedOrtSession open(ModelSpec spec, OrtDevice device, int threads) {
    OrtEnvironment environment = OrtRuntime.environment();
    OnnxFileValidator.check(spec.file());
    OrtSession session;
    try (SessionOptions options = options(device, threads)) {
      session = environment.createSession(spec.file().toString(), options);
    } catch (OrtException e) {
      throw new StartupException(
          "%s: must be an ONNX file that ONNX Runtime %s can run, but %s"
              .formatted(spec.file(), environment.getVersion(), OrtFailures.firstLine(e)),
          e);
    }
    try {
      return new SharedOrtSession(environment, session, OnnxSignature.of(session, spec), spec);
    } catch (OrtException | RuntimeException e) {
      close(session);
      throw e instanceof RuntimeException unchecked
          ? unchecked
          : new StartupException(spec.file() + ": " + e.getMessage(), e);
    }
  }

  /** Adds a holder. */
  SharedOrtSession retain() {
    holders.incrementAndGet();
    return this;
  }

  /** Takes a holder away. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      close(session);
    }
  }

  /**
   * Runs a batch, which stays where it is in memory. Safe for several threads.
   *
   * @return [views, {@link io.stillstream.schemas.answer.OutputShape#size}]
   * @throws InferenceException if it fails, or answers with another shape than described
   */
  float[][] run(HostBatch batch) {
    try (OnnxTensor input = tensor(batch);
        Result result = session.run(Map.of(signature.input(), input))) {
      OnnxTensor answer = (OnnxTensor) result.get(0);
      long[] dimensions = answer.getInfo().getShape();
      if (!Arrays.equals(dimensions, output.dimensions(batch.size()))) {
        throw new InferenceException(
            "must answer one tensor %s; found %s float32%s"
                .formatted(
                    output.description(batch.size()),
                    ExpectedOutput.text(dimensions),
                    output.advice(dimensions.length)));
      }
      return output.rows(answer.getFloatBuffer(), batch.size());
    } catch (OrtException e) {
      throw OrtFailures.failure(e);
    }
  }

  private OnnxTensor tensor(HostBatch batch) throws OrtException {
    return isFloat
        ? OnnxTensor.createTensor(environment, batch.bytes().asFloatBuffer(), batch.shape())
        : OnnxTensor.createTensor(environment, batch.bytes(), batch.shape(), OnnxJavaType.UINT8);
  }

  private static SessionOptions options(OrtDevice device, int threads) throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Idle threads would spin on processors that others need.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      // Plans for one batch size are of no use for the next, and would be kept for each.
      options.setMemoryPatternOptimization(false);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      device.addTo(options);
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(OrtFailures.firstLine(e), e);
    }
  }
}
