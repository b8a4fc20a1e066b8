package io.stillstream.containers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
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
    return DockerImageName.parse(property(key));
  }

  /** The same image with another tag. */
  DockerImageName image(String tag) {
    return image().withTag(tag);
  }

  /** Versions of Kafka's broker that are to be tried besides the one of {@link #KAFKA}. */
  static List<String> otherBrokers() {
    return List.of(property("kafka.brokers").split(","));
  }

  private static String property(String name) {
    try (InputStream in = ContainerImages.class.getResourceAsStream(FILE)) {
      Properties images = new Properties();
      images.load(in);
      return images.getProperty(name);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
