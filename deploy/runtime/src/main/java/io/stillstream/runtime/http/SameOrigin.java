package io.stillstream.runtime.http;

import io.stillstream.runtime.http.HttpEndpoint.Request;
import java.net.URI;
import java.util.Optional;

/**
 * Whether a request comes from a page of this server, or from no browser. A browser sends user and
 * password of this server with requests of other sites, too, so these must be told apart.
 */
public final class SameOrigin {
  private SameOrigin() {}

  /**
   * By {@code Sec-Fetch-Site} (W3C Fetch Metadata) where the browser sends it, which does not
   * depend on what a proxy makes of the host; else by {@code Origin} (RFC 6454), whose host and
   * port must be those of {@code Host}. A client that sends neither is no browser.
   */
  public static boolean holds(Request request) {
    Optional<String> site = request.header("sec-fetch-site");
    if (site.isPresent()) {
      return site.get().equals("same-origin");
    }
    Optional<String> origin = request.header("origin");
    return origin.isEmpty()
        || (authority(origin.get()).isPresent()
            && authority(origin.get()).equals(request.header("host").map(String::strip)));
  }

  /** Host and port; empty for the opaque origin {@code null}. */
  private static Optional<String> authority(String origin) {
    try {
      return Optional.ofNullable(URI.create(origin.strip()).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
