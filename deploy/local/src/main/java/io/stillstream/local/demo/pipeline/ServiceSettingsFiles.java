package io.stillstream.local.demo.pipeline;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.cluster.DemoCluster;
import io.stillstream.local.demo.cluster.OwnerOnlyFiles;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The three services' settings as the YAML that a user could write, kept in the demo's directory
 * for reading: {@code java -jar … --config} takes them as they are while the broker runs.
 */
final class ServiceSettingsFiles {
  private final DemoSettings settings;
  private final StateDirectory directory;
  private final ModelSpec student;
  private final DemoCluster surroundings;

  /**
   * The files of one demo.
   *
   * @param student gives the size of the views
   */
  ServiceSettingsFiles(
      DemoSettings settings,
      StateDirectory directory,
      ModelSpec student,
      DemoCluster surroundings) {
    this.settings = settings;
    this.directory = directory;
    this.student = student;
    this.surroundings = surroundings;
  }

  private static String kafka(Map<String, String> clients) {
    StringBuilder lines = new StringBuilder("kafka:\n");
    new TreeMap<>(clients)
        .forEach(
            (key, value) -> lines.append("  %s: '%s'%n".formatted(key, value.replace("'", "''"))));
    return lines.toString();
  }

  /** Settings for the command line tools. */
  void tools() {
    write("demo", kafka(surroundings.clients(DemoCluster.DEMO)));
    write("admin", kafka(surroundings.admin()));
  }

  AugmenterConfig augmenter() {
    String yaml =
        kafka(surroundings.clients(DemoCluster.AUGMENTER))
            + """
              consumer.group.instance.id: augmenter-0
            application-id: augmenter
            state-dir: "%s"
            threads: 1
            policy:
              seed: 42
              views: %d
              output: {height: %d, width: %d, channels: %d}
              encoding: raw
              operations:
                - rotate: {degrees: 15}
                - translate: {pixels: 2}
                - horizontal_flip: {p: 0.5}
            """
                .formatted(
                    directory.augmenter(),
                    settings.run().views(),
                    student.height(),
                    student.width(),
                    student.channels());
    return written("augmenter", yaml, AugmenterConfig.class);
  }

  LabelerConfig labeler() {
    String yaml =
        kafka(surroundings.clients(DemoCluster.LABELER))
            + """
            instance-id: "0"
            teacher: "%s"
            batch: {max-size: 32, max-delay: 50ms, buckets: [32]}
            label: {fraction: %s}
            commit-interval: 200ms
            threads: 1
            state-directory: "%s"
            """
                .formatted(
                    settings.teacherModel().toAbsolutePath(),
                    settings.labelFraction(),
                    directory.labeler());
    return written("labeler", yaml, LabelerConfig.class);
  }

  TrainerConfig trainer() {
    String yaml =
        kafka(surroundings.clients(DemoCluster.TRAINER))
            + """
            student: "%s"
            directory: "%s"
            batch: {size: 128, max-delay: 15s}
            updates: 4
            checkpoint: {every: 10s}
            release: {every-steps: 250, on-stop: true}
            page: {enabled: true, title: stillstream demo}
            seed: 42
            threads: 1
            """
                .formatted(settings.studentModel().toAbsolutePath(), directory.trainer());
    return written("trainer", yaml, TrainerConfig.class);
  }

  private <C extends Record> C written(String name, String yaml, Class<C> type) {
    write(name, yaml);
    return YamlSettings.parse(yaml, type, Map.of());
  }

  /** There may be passwords in it. */
  private void write(String name, String yaml) {
    Path file = directory.config().resolve(name + ".yaml");
    try {
      Files.createDirectories(file.getParent());
      OwnerOnlyFiles.write(file, yaml);
    } catch (IOException e) {
      throw new StartupException("--dir: " + file + " cannot be written: " + e, e);
    }
  }
}
