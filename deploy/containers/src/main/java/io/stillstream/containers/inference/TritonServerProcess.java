package io.stillstream.containers.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * NVIDIA's Triton, with its Python backend: the model is a process of its own. A batch may have
 * {@value #MAX_BATCH} images.
 */
public final class TritonServerProcess extends OipServerProcess {
  /** Images in a batch. */
  public static final int MAX_BATCH = 256;

  /** Not started. */
  public TritonServerProcess(Path directory, RepositoryModel model) {
    super("triton", directory, model);
  }

  @Override
  List<String> command(Path environment, Path directory, PortPair ports, String name) {
    Path triton = environment.resolve("tritonserver");
    return List.of(
        triton.resolve("bin/tritonserver").toString(),
        "--model-repository=" + directory.resolve("models"),
        "--backend-directory=" + triton.resolve("backends"),
        "--backend-config=python,shm-region-prefix-name=" + sharedMemoryPrefix(),
        // Versions change when they are asked to, not when a poll comes by.
        "--model-control-mode=explicit",
        "--load-model=" + name,
        "--http-address=127.0.0.1",
        "--http-port=" + ports.http(),
        "--grpc-address=127.0.0.1",
        "--grpc-port=" + ports.grpc(),
        "--allow-metrics=false",
        "--exit-timeout-secs=10");
  }

  @Override
  void write(Path directory, PortPair ports, RepositoryModel model) throws IOException {
    Path home = directory.resolve("models").resolve(model.name());
    Path version = home.resolve(String.valueOf(model.version()));
    RepositoryFiles.copy("classifier.py", version.resolve("classifier.py"));
    RepositoryFiles.copy("triton_model.py", version.resolve("model.py"));
    if (model.onnx().isPresent()) {
      RepositoryFiles.write(version.resolve("model.onnx"), Files.readAllBytes(model.onnx().get()));
    }
    RepositoryFiles.write(
        home.resolve("config.pbtxt"),
        """
        backend: "python"
        max_batch_size: %d
        version_policy { specific { versions: [%d] } }
        input [{ name: "input" data_type: TYPE_%s dims: [%s] }]
        output [{ name: "logits" data_type: TYPE_FP32 dims: [%d] }]
        instance_group [{ kind: KIND_CPU count: 1 }]
        """
            .formatted(
                MAX_BATCH,
                model.version(),
                model.datatype(),
                RepositoryModel.list(model.shape().stream()),
                RepositoryModel.CLASSES));
  }
}
