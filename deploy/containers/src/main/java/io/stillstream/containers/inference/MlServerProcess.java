package io.stillstream.containers.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Seldon's MLServer. It computes in its own process, one request after the other. A request may
 * have 64 MiB; gRPC's limit, which MLServer leaves, is 4.
 */
public final class MlServerProcess extends OipServerProcess {
  /** Not started. */
  public MlServerProcess(Path directory, RepositoryModel model) {
    super("mlserver", directory, model);
  }

  @Override
  List<String> command(Path environment, Path directory, PortPair ports, String name) {
    return List.of(
        environment.resolve("bin/mlserver").toString(),
        "start",
        directory.resolve("models").toString());
  }

  @Override
  void write(Path directory, PortPair ports, RepositoryModel model) throws IOException {
    Path repository = directory.resolve("models");
    RepositoryFiles.write(
        repository.resolve("settings.json"),
        """
        {
          "host": "127.0.0.1",
          "http_port": %d,
          "grpc_port": %d,
          "grpc_max_message_length": 67108864,
          "metrics_endpoint": null,
          "parallel_workers": 0,
          "debug": false
        }
        """
            .formatted(ports.http(), ports.grpc()));
    Path home = repository.resolve(model.name());
    RepositoryFiles.copy("classifier.py", home.resolve("classifier.py"));
    RepositoryFiles.copy("mlserver_runtime.py", home.resolve("mlserver_runtime.py"));
    Path data = Files.createDirectories(home.resolve(String.valueOf(model.version())));
    if (model.onnx().isPresent()) {
      RepositoryFiles.write(data.resolve("model.onnx"), Files.readAllBytes(model.onnx().get()));
    }
    // Metadata name the versions of the first line, answers that of the parameters.
    RepositoryFiles.write(
        home.resolve("model-settings.json"),
        """
        {
          "name": "%s",
          "versions": ["%d"],
          "platform": "stillstream-test",
          "implementation": "mlserver_runtime.Runtime",
          "inputs": [{"name": "input", "datatype": "%s", "shape": [-1, %s]}],
          "outputs": [{"name": "logits", "datatype": "FP32", "shape": [-1, %d]}],
          "parameters": {"version": "%d", "uri": "%s"}
        }
        """
            .formatted(
                model.name(),
                model.version(),
                model.datatype(),
                RepositoryModel.list(model.shape().stream()),
                RepositoryModel.CLASSES,
                model.version(),
                data));
  }
}
