package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.containers.inference.RepositoryModel;
import io.stillstream.containers.inference.TritonServerProcess;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Triton on this machine that serves the teacher's ONNX file. */
final class TritonTestbed implements AutoCloseable {
  /** As the labeler has by default. */
  static final int IN_FLIGHT = 4;

  private static final JsonMapper JSON = new JsonMapper();
  private static final String MODEL = "teacher";
  private static final String ONNX = ".onnx";

  private final TritonServerProcess server;
  private final Path description;

  private TritonTestbed(TritonServerProcess server, Path description) {
    this.server = server;
    this.description = description;
  }

  /**
   * Starts it.
   *
   * @throws StartupException if there is an {@link #obstacle}
   */
  static TritonTestbed start(Path directory, InferenceSetup setup) {
    obstacle(setup)
        .ifPresent(
            reason -> {
              throw new StartupException("row remote: " + reason);
            });
    ModelSpec teacher = setup.teacher();
    RepositoryModel model =
        teacher.inputType() == InputType.FLOAT
            ? RepositoryModel.ofFloats(MODEL, teacher.channels(), teacher.height(), teacher.width())
            : RepositoryModel.ofPixels(
                MODEL, teacher.height(), teacher.width(), teacher.channels());
    TritonServerProcess server =
        new TritonServerProcess(
            directory.resolve("triton"), model.withOnnx(onnx(teacher).orElseThrow()));
    try {
      server.start();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return new TritonTestbed(server, teacher.file().toAbsolutePath().getParent());
  }

  /** Why it cannot serve the teacher, in words; empty if it can. */
  static Optional<String> obstacle(InferenceSetup setup) {
    ModelSpec teacher = setup.teacher();
    if (!ExternalTool.INFERENCE_SERVERS.isPresent()) {
      return Optional.of(ExternalTool.INFERENCE_SERVERS.missing());
    }
    if (onnx(teacher).isEmpty()) {
      return Optional.of(
          "there is no ONNX file of %s: neither %s nor DIR-onnx/model.onnx is one"
              .formatted(teacher.name(), teacher.file()));
    }
    if (teacher.output().size() != RepositoryModel.CLASSES) {
      return Optional.of(
          "its Triton answers %d logits, the teacher %d"
              .formatted(RepositoryModel.CLASSES, teacher.output().size()));
    }
    if (setup.batch() > TritonServerProcess.MAX_BATCH) {
      return Optional.of("--batch must be at most " + TritonServerProcess.MAX_BATCH);
    }
    return Optional.empty();
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

  /** The teacher itself, or the one in ONNX beside it. */
  private static Optional<Path> onnx(ModelSpec teacher) {
    Path directory = teacher.file().toAbsolutePath().getParent();
    return List.of(
            teacher.file(),
            directory.resolveSibling(directory.getFileName() + "-onnx").resolve("model" + ONNX))
        .stream()
        .filter(file -> file.toString().endsWith(ONNX) && Files.isRegularFile(file))
        .findFirst();
  }

  @Override
  public void close() {
    server.close();
  }
}
