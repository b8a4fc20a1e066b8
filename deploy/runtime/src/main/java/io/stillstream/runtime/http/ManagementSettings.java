package io.stillstream.runtime.http;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the management endpoint listens, and to whom; port 0 takes any free one.
 *
 * @param host this machine only, unless the environment has another default: the images do
 * @param tls HTTPS in place of HTTP
 * @param basic who has access; without it there is no authentication
 */
public record ManagementSettings(
    @Default(DEFAULT_HOST) String host,
    @Default("9400") int port,
    Optional<Tls> tls,
    Optional<Basic> basic) {
  /**
   * Everything that the port shows can be seen by all who reach it, so by default that is this
   * machine. A container's own loopback is reached by nothing, so the images set the variable.
   */
  static final String DEFAULT_HOST = "${STILLSTREAM_MANAGEMENT_HOST:-127.0.0.1}";

  public ManagementSettings {
    SettingRanges.requireText("host", host);
    SettingRanges.requireWithin(0, 65535, "port", port);
  }

  /** By HTTP, without authentication. */
  public ManagementSettings(String host, int port) {
    this(host, port, Optional.empty(), Optional.empty());
  }

  /**
   * What the endpoint shows of itself; both files may be exchanged while it runs.
   *
   * @param certificate PEM; the endpoint's own first, then those that have signed it
   * @param key PEM; PKCS #8, not encrypted
   */
  public record Tls(Path certificate, Path key) {}

  /**
   * The one user that there is, by basic authentication (RFC 7617).
   *
   * @param openHealth whether {@code /health/live} and {@code /health/ready} answer without
   *     authentication
   */
  public record Basic(String user, String password, @Default("true") boolean openHealth) {
    public Basic {
      if (user.isBlank() || user.contains(":")) {
        throw new IllegalArgumentException(
            "user must not be empty and hold no colon, was \"" + user + "\"");
      }
      if (password.isEmpty()) {
        throw new IllegalArgumentException("password must not be empty");
      }
    }

    @Override
    public String toString() {
      return "Basic[user=" + user + "]";
    }
  }
}
