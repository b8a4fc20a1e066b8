package io.stillstream.containers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.testcontainers.utility.DockerImageName;

/** The images, in the versions that the build names, as they are published. */
enum ContainerImages {
  KAFKA("kafka"),
  REGISTRY("registry");

  private static final String FILE = "images.properties";
  private final String key;

  ContainerImages(String key) {
    this.key = key;
  }

  DockerImageName image() {
    try (InputStream in = ContainerImages.class.getResourceAsStream(FILE)) {
      Properties images = new Properties();
      images.load(in);
      return DockerImageName.parse(images.getProperty(key));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
