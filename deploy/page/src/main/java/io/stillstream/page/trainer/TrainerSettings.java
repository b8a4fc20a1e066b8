package io.stillstream.page.trainer;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the trainer answers.
 *
 * @param url of its management port
 * @param user of its {@code management.basic}
 * @param password of that user
 * @param certificates PEM file of the authorities to trust, instead of the JVM's
 */
public record TrainerSettings(
    URI url, Optional<String> user, Optional<String> password, Optional<Path> certificates) {
  public TrainerSettings {
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

  @Override
  public String toString() {
    return "TrainerSettings[url=" + url + "]";
  }
}
