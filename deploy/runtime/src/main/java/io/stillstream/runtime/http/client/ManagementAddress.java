package io.stillstream.runtime.http.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a service's management port is, and as whom it is asked.
 *
 * @param url without a path, or with that of a proxy
 * @param user of its {@code management.basic}
 * @param password of that user
 * @param certificates PEM file of the authorities to trust, instead of the JVM's
 */
public record ManagementAddress(
    URI url, Optional<String> user, Optional<String> password, Optional<Path> certificates) {
  public ManagementAddress {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null || url.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "url must be http:// or https:// and a host, without user and password"
              + (url.getRawUserInfo() == null ? ", was " + url : ""));
    }
    if (user.isPresent() != password.isPresent()) {
      throw new IllegalArgumentException("user and password must be given together");
    }
  }

  /** The URL without a slash at its end. */
  String root() {
    return url.toString().replaceAll("/+$", "");
  }

  @Override
  public String toString() {
    return "ManagementAddress[url=" + url + "]";
  }
}
