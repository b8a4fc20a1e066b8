package io.stillstream.runtime.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A file that the management port serves by its exact path, from memory. Browsers may keep it, and
 * ask each time whether it is still the same; it may load nothing from elsewhere, run no script
 * that stands in a page and be shown in no frame.
 */
public final class StaticResource {
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final String path;
  private final String contentType;
  private final byte[] body;
  private final String tag;

  /**
   * Takes the array over, it does not copy.
   *
   * @param path begins with a slash; one that ends with a slash is served without it by a redirect
   */
  public StaticResource(String path, String contentType, byte[] body) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path must begin with a slash, was " + path);
    }
    this.path = path;
    this.contentType = contentType;
    this.body = body;
    this.tag = '"' + digest(body) + '"';
  }

  public String path() {
    return path;
  }

  /** Answers GET and HEAD; the exchange is closed by the caller. */
  void answer(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-cache");
    headers.set("ETag", tag);
    if (isKnown(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    headers.set("Content-Type", contentType);
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    // With length 0 the server would send chunks.
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** Whether the client has it; proxies may have made a weak tag of it. */
  private boolean isKnown(String tags) {
    if (tags == null) {
      return false;
    }
    for (String known : tags.split(",", -1)) {
      String stripped = known.strip();
      if (stripped.equals("*") || stripped.equals(tag) || stripped.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private static String digest(byte[] body) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(body);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
