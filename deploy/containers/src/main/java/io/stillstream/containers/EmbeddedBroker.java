package io.stillstream.containers;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import java.nio.file.Path;

/** A broker inside this JVM; while it is away its port is closed. */
final class EmbeddedBroker implements RestartableServer {
  private final Path directory;
  private EmbeddedKafka kafka;

  EmbeddedBroker(Path directory) {
    this.directory = directory.resolve("broker");
    kafka = EmbeddedKafka.start(this.directory, 0);
  }

  @Override
  public String address() {
    return kafka.bootstrapServers();
  }

  @Override
  public void stop() {
    kafka.close();
  }

  @Override
  public void start() {
    kafka = EmbeddedKafka.start(directory, Integer.parseInt(address().replaceAll(".*:", "")));
  }

  @Override
  public void close() {
    kafka.close();
  }
}
