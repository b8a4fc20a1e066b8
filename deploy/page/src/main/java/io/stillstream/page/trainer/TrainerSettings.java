package io.stillstream.page.trainer;

import io.stillstream.runtime.http.client.ManagementAddress;
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
    ManagementAddress unused = new ManagementAddress(url, user, password, certificates);
  }

  ManagementAddress address() {
    return new ManagementAddress(url, user, password, certificates);
  }

  @Override
  public String toString() {
    return "TrainerSettings[url=" + url + "]";
  }
}
