package io.stillstream.runtime.http;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the management endpoint listens, and to whom; port 0 takes any free one.
 *
 * @param tls HTTPS in place of HTTP
 * @param basic who has access; without it there is no authentication
 */
public record ManagementSettings(
    @Default("0.0.0.0") String host,
    @Default("9400") int port,
    Optional<Tls> tls,
    Optional<Basic> basic) {
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
