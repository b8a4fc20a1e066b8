package io.stillstream.schemas.registry;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.kafka.common.config.ConfigException;

/**
 * One base URL of the registry, its path kept.
 *
 * @param base scheme, host, port and path, without user info and without a slash at the end
 * @param userInfo {@code user:password} from the URL, percent-decoded; empty where there is none
 */
record RegistryEndpoint(String base, String userInfo) {

  static RegistryEndpoint of(String url) {
    URI uri;
    try {
      uri = new URI(url.trim());
    } catch (URISyntaxException e) {
      // The message must not contain the URL, which may contain a password.
      throw new ConfigException(SerdeConfig.URL + ": not a URL: " + e.getReason());
    }
    boolean http =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw new ConfigException(
          SerdeConfig.URL + ": must be http://host or https://host, was " + withoutUser(url));
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new RegistryEndpoint(
        uri.getScheme() + "://" + uri.getHost() + port + path,
        uri.getUserInfo() == null ? "" : uri.getUserInfo());
  }

  URI resolve(String path) {
    return URI.create(base + path);
  }

  /** Also of what is no proper URL: a password with a slash in it, for one, ends the host early. */
  private static String withoutUser(String url) {
    return url.replaceAll("://.*@", "://");
  }

  /** Without the user: for messages. */
  @Override
  public String toString() {
    return base;
  }
}
