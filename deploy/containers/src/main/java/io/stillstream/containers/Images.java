package io.stillstream.containers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.testcontainers.utility.DockerImageName;

/** The images, in the versions that the build names, as they are published. */
enum Images {
  KAFKA("kafka"),
  REGISTRY("registry");

  private static final String FILE = "images.properties";
  private final String key;

  Images(String key) {
    this.key = key;
  }

  DockerImageName image() {
    try (InputStream in = Images.class.getResourceAsStream(FILE)) {
      Properties images = new Properties();
      images.load(in);
      return DockerImageName.parse(images.getProperty(key));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
