package io.stillstream.containers;

import io.stillstream.embedded.registry.DevelopmentRegistry;
import java.net.URI;
import java.nio.file.Path;

/** A registry inside this JVM; while it is away its port is closed. */
final class EmbeddedRegistry implements RestartableServer {
  private final Path file;
  private final URI url;
  private DevelopmentRegistry registry;

  EmbeddedRegistry(Path directory) {
    file = directory.resolve("registry.json");
    registry = DevelopmentRegistry.start(file, 0);
    url = registry.url();
  }

  @Override
  public String address() {
    return url.toString();
  }

  @Override
  public void stop() {
    registry.close();
  }

  @Override
  public void start() {
    registry = DevelopmentRegistry.start(file, url.getPort());
  }

  @Override
  public void close() {
    registry.close();
  }
}
