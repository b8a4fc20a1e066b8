package io.stillstream.bench.load.deployment;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings files of the services under load. What is not the load's own business is left to the
 * defaults, so that these are measured.
 */
final class LoadServiceSettingsFiles {
  /** Views up to this side travel as bare pixels. */
  private static final int RAW_SIDE = 32;

  private final LoadSettings settings;
  private final Path directory;
  private final String kafka;

  /**
   * @param directory where files and state go
   * @param clients settings of broker and registry
   */
  LoadServiceSettingsFiles(LoadSettings settings, Path directory, Map<String, String> clients) {
    this.settings = settings;
    this.directory = directory;
    StringBuilder lines = new StringBuilder("kafka:\n");
    new TreeMap<>(clients)
        .forEach((key, value) -> lines.append("  %s: \"%s\"%n".formatted(key, value)));
    this.kafka = lines.toString();
  }

  /** Writes the file of one instance. */
  Path write(ProcessRole role, int instance, int port) {
    String own =
        switch (role) {
          case AUGMENTER -> augmenter(instance);
          case LABELER -> labeler(instance);
          case TRAINER -> trainer();
          case BROKER, LOAD -> throw new IllegalArgumentException(role + " has no settings");
        };
    String management = "management: {host: 127.0.0.1, port: %d}%n".formatted(port);
    Path file = directory.resolve(role + "-" + instance + ".yaml");
    try {
      return Files.writeString(file, kafka + management + own);
    } catch (IOException e) {
      throw new StartupException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private String augmenter(int instance) {
    ModelSpec teacher = ModelSpec.load(settings.teacher(), "teacher");
    boolean small = Math.max(teacher.height(), teacher.width()) <= RAW_SIDE;
    return String.format(
        Locale.ROOT,
        """
        application-id: augmenter
        state-dir: "%s"
        policy:
          views: %d
          output: {height: %d, width: %d, channels: %d}
          encoding: %s
          operations:
            - rotate: {degrees: 15}
            - translate: {pixels: 2}
            - horizontal_flip: {p: 0.5}
        """,
        directory.resolve("augmenter-" + instance),
        settings.views(),
        teacher.height(),
        teacher.width(),
        teacher.channels(),
        small ? "raw" : "jpeg");
  }

  private String labeler(int instance) {
    return String.format(
        Locale.ROOT,
        """
        instance-id: "%d"
        teacher: "%s"
        state-directory: "%s"
        """,
        instance,
        settings.teacher(),
        directory.resolve("labeler-" + instance));
  }

  /** The last batch of a measurement is short, and need not wait for the next one for long. */
  private String trainer() {
    return String.format(
        Locale.ROOT,
        """
        student: "%s"
        directory: "%s"
        batch: {max-delay: 3s}
        """,
        settings.student(),
        directory.resolve("trainer"));
  }
}
