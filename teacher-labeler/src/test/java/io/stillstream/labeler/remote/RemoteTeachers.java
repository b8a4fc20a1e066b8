package io.stillstream.labeler.remote;

import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.metrics.RemoteTeacherMetrics;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What tests of remote teachers share: a description, settings, views, and metrics. */
public final class RemoteTeachers implements RemoteTeacherMetrics {
  final List<String> retries = new CopyOnWriteArrayList<>();
  final List<Duration> requests = new CopyOnWriteArrayList<>();

  /** Writes the description of {@link FakeInferenceServer}'s model, and returns the directory. */
  public static Path describe(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("teacher.yaml"),
          """
          name: described
          version: "0"
          input: {height: 4, width: 4, channels: 1}
          classes: [a, b, c]
          """);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Settings of a server on this machine, with more of them as YAML, such as {@code ", a: 1"}. */
  public static TeacherSettings settings(Path directory, String scheme, int port, String more) {
    return settings(directory, scheme, port, more, FakeInferenceServer.MODEL);
  }

  static TeacherSettings settings(
      Path directory, String scheme, int port, String more, String model) {
    return YamlSettings.parse(
        "{path: '%s', url: '%s://localhost:%d', model: %s%s}"
            .formatted(directory, scheme, port, model, more),
        TeacherSettings.class,
        Map.of());
  }

  RemoteTeacherSource source(TeacherSettings settings) {
    return new RemoteTeacherSource(
        settings.remote().orElseThrow(), List.of(), this, System::nanoTime);
  }

  /** A view that begins with this pixel; the model sees a 255th of it. */
  static Pixels view(int first) {
    byte[] pixels = new byte[16];
    pixels[0] = (byte) first;
    return new Pixels(4, 4, 1, pixels);
  }

  @Override
  public void request(Duration took) {
    requests.add(took);
  }

  @Override
  public void retry(String code) {
    retries.add(code);
  }
}
