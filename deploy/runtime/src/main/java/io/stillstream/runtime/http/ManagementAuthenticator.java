package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lets in who may ask, and turns everybody else away with a 401. */
final class ManagementAuthenticator {
  private static final Set<String> HEALTH = Set.of("/health/live", "/health/ready");
  private static final String SCHEME = "Basic ";

  private final Optional<ManagementSettings.Basic> settings;
  private final byte[] expected;

  ManagementAuthenticator(Optional<ManagementSettings.Basic> settings) {
    this.settings = settings;
    this.expected =
        settings
            .map(basic -> (basic.user() + ":" + basic.password()).getBytes(UTF_8))
            .map(pair -> digest(Base64.getEncoder().encodeToString(pair)))
            .orElse(new byte[0]);
  }

  /** Whether what was asked for is for whoever asks. */
  boolean isAllowed(HttpExchange exchange) {
    boolean open = settings.isPresent() && settings.get().openHealth();
    return (open && HEALTH.contains(exchange.getRequestURI().getPath()))
        || isAuthenticated(exchange);
  }

  /** Whether it is the user who asks; where there is none, everybody is. */
  boolean isAuthenticated(HttpExchange exchange) {
    if (settings.isEmpty()) {
      return true;
    }
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    // Digests are of one length, and compared in constant time: how long it takes tells nothing.
    return shown != null
        && shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(expected, digest(shown.substring(SCHEME.length()).strip()));
  }

  static void sendUnauthorized(HttpExchange exchange) throws IOException {
    exchange
        .getResponseHeaders()
        .set("WWW-Authenticate", "Basic realm=\"stillstream\", charset=\"UTF-8\"");
    HttpResponses.json(exchange, 401, Map.of("error", "user and password are needed"));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
