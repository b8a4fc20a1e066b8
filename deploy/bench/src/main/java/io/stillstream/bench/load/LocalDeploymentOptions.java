package io.stillstream.bench.load;

import io.stillstream.bench.load.deployment.LoadSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a pipeline of our own is made of. */
final class LocalDeploymentOptions {
  @Option(
      names = "--partitions",
      defaultValue = "2",
      paramLabel = "N",
      description = "Of images, views and labeled-views; default ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--augmenters",
      defaultValue = "1",
      paramLabel = "N",
      description = "Processes; default ${DEFAULT-VALUE}.")
  private int augmenters;

  @Option(
      names = "--labelers",
      defaultValue = "1",
      paramLabel = "N",
      description = "Processes; default ${DEFAULT-VALUE}.")
  private int labelers;

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description = "Model directory; the bundled ResNet when absent.")
  private Optional<Path> teacher = Optional.empty();

  @Option(
      names = "--student",
      paramLabel = "DIR",
      description = "Model directory; the bundled CNN when absent.")
  private Optional<Path> student = Optional.empty();

  @Option(
      names = "--heap",
      defaultValue = "1g",
      paramLabel = "SIZE",
      description = "Of each process, as in -Xmx; default ${DEFAULT-VALUE}.")
  private String heap;

  LoadSettings.Scale scale() {
    return new LoadSettings.Scale(partitions, augmenters, labelers);
  }

  Path teacher(Path home) {
    return model(teacher, home, "fashion-mnist-resnet16");
  }

  Path student(Path home) {
    return model(student, home, "cnn");
  }

  String heap() {
    return heap;
  }

  private static Path model(Optional<Path> given, Path home, String bundled) {
    return given
        .map(path -> path.toAbsolutePath().normalize())
        .orElseGet(() -> home.resolve("deploy/models").resolve(bundled));
  }
}
