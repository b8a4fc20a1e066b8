package io.stillstream.embedded.pipeline;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.OwnerOnlyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the three services' settings as the YAML that a user could write: {@code java -jar …
 * --config} takes each file. What is neither described nor given is left to the defaults. Only the
 * owner may read the files, since the settings of clients may hold passwords.
 */
public final class ServiceSettingsFiles {
  private final Path directory;
  private final PipelineDescription pipeline;

  /**
   * @param directory made if there is none
   */
  public ServiceSettingsFiles(Path directory, PipelineDescription pipeline) {
    this.directory = directory;
    this.pipeline = pipeline;
  }

  public Path augmenter(InstanceSettings instance) {
    return write(instance, augmenter(instance.state()));
  }

  /** Beside the pipeline's own. */
  public Path augmenter(InstanceSettings instance, String applicationId) {
    return write(
        instance, "application-id: %s%n".formatted(applicationId) + augmenter(instance.state()));
  }

  private String augmenter(Path state) {
    PipelineDescription.ViewFormat format = pipeline.format();
    return """
        state-dir: "%s"
        policy:
          seed: 42
          views: %d
          output: {height: %d, width: %d, channels: %d}
          encoding: %s
          operations: %s
        """
        .formatted(
            state,
            pipeline.views(),
            format.height(),
            format.width(),
            format.channels(),
            format.encoding(),
            pipeline.operations());
  }

  public Path labeler(InstanceSettings instance) {
    return labeler(instance, "\"%s\"".formatted(pipeline.teacher().toAbsolutePath()));
  }

  /**
   * With another teacher.
   *
   * @param teacher the value of the setting, in YAML's flow style
   */
  public Path labeler(InstanceSettings instance, String teacher) {
    return write(
        instance,
        """
        instance-id: "%s"
        teacher: %s
        state-directory: "%s"
        """
            .formatted(instance.id(), teacher, instance.state()));
  }

  public Path trainer(InstanceSettings instance) {
    return write(
        instance,
        """
        student: "%s"
        directory: "%s"
        """
            .formatted(pipeline.student().toAbsolutePath(), instance.state()));
  }

  /** Settings of the page; what it needs beside clients is in {@code more}. */
  public Path page(InstanceSettings instance) {
    return write(instance, "");
  }

  /** Settings of clients only, for the command line tools. */
  public Path clients(String file, Map<String, String> kafka) {
    return write(file, kafka(kafka));
  }

  private Path write(InstanceSettings instance, String service) {
    return write(instance.file(), kafka(instance.kafka()) + service + instance.more());
  }

  private static String kafka(Map<String, String> clients) {
    StringBuilder lines = new StringBuilder("kafka:\n");
    new TreeMap<>(clients)
        .forEach(
            (key, value) -> lines.append("  %s: '%s'%n".formatted(key, value.replace("'", "''"))));
    return lines.toString();
  }

  private Path write(String name, String yaml) {
    Path file = directory.resolve(name + ".yaml");
    try {
      Files.createDirectories(directory);
      return OwnerOnlyFile.write(file, yaml);
    } catch (IOException e) {
      throw new EmbeddedException(file + " cannot be written: " + e, e);
    }
  }
}
