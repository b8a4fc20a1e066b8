package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.containers.inference.RepositoryModel;
import io.stillstream.containers.inference.TritonServerProcess;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.runtime.model.ModelFormat;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import java.nio.file.Path;

/** A Triton on this machine that serves the teacher's ONNX file. */
final class TritonTestbed implements AutoCloseable {
  /** As the labeler has by default. */
  static final int IN_FLIGHT = 4;

  private static final JsonMapper JSON = new JsonMapper();
  private static final String MODEL = "teacher";

  private final TritonServerProcess server;
  private final Path description;

  private TritonTestbed(TritonServerProcess server, Path description) {
    this.server = server;
    this.description = description;
  }

  /** Starts it with a teacher that it {@link #canServe}. */
  static TritonTestbed start(Path directory, InferenceSetup setup) {
    ModelSpec teacher = setup.teacher();
    RepositoryModel model =
        teacher.inputType() == InputType.FLOAT
            ? RepositoryModel.ofFloats(MODEL, teacher.channels(), teacher.height(), teacher.width())
            : RepositoryModel.ofPixels(
                MODEL, teacher.height(), teacher.width(), teacher.channels());
    TritonServerProcess server =
        new TritonServerProcess(directory.resolve("triton"), model.withOnnx(teacher.file()));
    try {
      server.start();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return new TritonTestbed(server, teacher.file().toAbsolutePath().getParent());
  }

  /** Whether Triton is installed, and takes such a teacher and batch. */
  static boolean canServe(InferenceSetup setup) {
    ModelSpec teacher = setup.teacher();
    return ExternalTool.INFERENCE_SERVERS.isPresent()
        && teacher.format() == ModelFormat.ONNX
        && (teacher.inputType() == InputType.FLOAT) == (teacher.layout() == Layout.NCHW)
        && teacher.output().size() == RepositoryModel.CLASSES
        && setup.batch() <= TritonServerProcess.MAX_BATCH;
  }

  /** {@code 127.0.0.1:PORT}. */
  String authority() {
    return "127.0.0.1:" + server.grpcPort();
  }

  String model() {
    return MODEL;
  }

  /** The labeler's setting. */
  JsonNode teacher() {
    return JSON.createObjectNode()
        .put("path", description.toString())
        .put("url", server.grpcUrl())
        .put("model", MODEL)
        .put("in-flight", IN_FLIGHT);
  }

  @Override
  public void close() {
    server.close();
  }
}
