package io.stillstream.labeler.config;

import io.stillstream.labeler.config.TeacherSettings.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A teacher on a server, with all defaults filled in; {@link TeacherSettings} says what each is.
 *
 * @param directory of the description
 */
public record RemoteTeacherSettings(
    Path directory,
    URI url,
    String model,
    Optional<String> version,
    Tls tls,
    Optional<String> token,
    Optional<Path> tokenFile,
    Duration timeout,
    int inFlight,
    Optional<String> input,
    Optional<String> output,
    int maxMessageSize) {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final int IN_FLIGHT = 4;
  static final int MAX_MESSAGE_SIZE = 64 << 20;
  static final int LEAST_MESSAGE_SIZE = 64 << 10;
  static final int MOST_MESSAGE_SIZE = 1 << 30;

  public boolean isEncrypted() {
    return url.getScheme().equals("grpcs");
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "RemoteTeacherSettings[url=%s, model=%s, version=%s]".formatted(url, model, version);
  }
}
