package io.stillstream.faults.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The services' settings, as files. Sessions and transactions end sooner than by default, and
 * checkpoints come more often, so that more happens in less time; all else is as operators have it.
 */
public record FaultServiceSettingsFiles(
    Path home, Path directory, int kafkaPort, int registryPort) {
  public static final int VIEWS = 4;

  Path augmenter(String instance) {
    return written(
        "augmenter-" + instance,
        kafka()
            + """
              consumer.group.instance.id: augmenter-%s
              session.timeout.ms: 6000
              heartbeat.interval.ms: 1000
            application-id: augmenter
            state-dir: %s
            max-pixels: 1000000
            policy:
              seed: 42
              views: %d
              output: {height: 28, width: 28, channels: 1}
              encoding: raw
              operations:
                - rotate: {degrees: 15}
                - horizontal_flip: {p: 0.5}
            management: {host: 127.0.0.1, port: 0}
            """
                .formatted(instance, directory.resolve("streams-" + instance), VIEWS));
  }

  Path labeler(String instance) {
    return written(
        "labeler-" + instance,
        kafka()
            + """
              session.timeout.ms: 6000
              heartbeat.interval.ms: 1000
              producer.transaction.timeout.ms: 5000
            instance-id: "%s"
            teacher: %s
            batch: {max-size: 64, max-delay: 50ms}
            commit-interval: 200ms
            state-directory: %s
            management: {host: 127.0.0.1, port: 0}
            """
                .formatted(
                    instance,
                    home.resolve("deploy/models/fashion-mnist-mlp128"),
                    directory.resolve("labeler")));
  }

  public Path trainer() {
    return trainer(500, "");
  }

  /**
   * The trainer's, otherwise than usual.
   *
   * @param everySteps steps between releases
   * @param more settings, YAML
   */
  public Path trainer(int everySteps, String more) {
    return trainer("trainer", trainerDirectory(), everySteps, more);
  }

  /**
   * One more trainer.
   *
   * @param more settings, YAML
   */
  Path trainer(String name, Path itsDirectory, String more) {
    return trainer(name, itsDirectory, 500, more);
  }

  private Path trainer(String name, Path itsDirectory, int everySteps, String more) {
    return written(
        name,
        kafka()
            + """
            student: %s
            directory: %s
            batch: {size: 32, max-delay: 1s}
            updates: 1
            merge: {max-wait: 500ms, max-bytes: 16777216}
            buffer: {views: 2000}
            checkpoint: {every: 1s}
            release: {every-steps: %d}
            management: {host: 127.0.0.1, port: 0}
            %s
            """
                .formatted(home.resolve("deploy/models/mlp"), itsDirectory, everySteps, more));
  }

  Path trainerDirectory() {
    return directory.resolve("disk/trainer");
  }

  private String kafka() {
    return """
    kafka:
      bootstrap.servers: 127.0.0.1:%d
      schema.registry.url: http://127.0.0.1:%d
      stillstream.unknown.id.timeout.ms: 500
    """
        .formatted(kafkaPort, registryPort);
  }

  private Path written(String name, String yaml) {
    try {
      return Files.writeString(directory.resolve(name + ".yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
