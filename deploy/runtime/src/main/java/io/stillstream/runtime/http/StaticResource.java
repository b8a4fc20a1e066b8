package io.stillstream.runtime.http;

import io.stillstream.schemas.values.Sha256;
import java.util.Arrays;
import java.util.Base64;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

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
    byte[] sha256 = Sha256.digest().digest(body);
    this.tag = '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256) + '"';
  }

  public String path() {
    return path;
  }

  /** Answers GET and HEAD. */
  void answer(Request request, Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
    headers.put(HttpHeader.ETAG, tag);
    if (isKnown(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
      response.setStatus(304);
      callback.succeeded();
    } else {
      HttpResponses.send(response, callback, 200, contentType, body);
    }
  }

  /** Whether the client has it; proxies may have made a weak tag of it. */
  private boolean isKnown(String tags) {
    return tags != null
        && Arrays.stream(tags.split(",", -1))
            .map(String::strip)
            .anyMatch(each -> each.equals("*") || each.equals(tag) || each.equals("W/" + tag));
  }
}
