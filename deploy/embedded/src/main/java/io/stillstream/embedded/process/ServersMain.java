package io.stillstream.embedded.process;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Main class of a process that runs the embedded broker, the registry or both. It ends with SIGTERM
 * or with its standard input, so that it does not outlive the JVM that started it.
 */
final class ServersMain {
  static final String KAFKA = "kafka";
  static final String REGISTRY = "registry";

  /** Printed when clients may connect. */
  static final String READY = "embedded servers are ready";

  private ServersMain() {}

  /** Arguments, three for each server: which, where it stores, its port. */
  public static void main(String[] args) throws IOException {
    List<AutoCloseable> servers = new ArrayList<>();
    for (int i = 0; i < args.length; i += 3) {
      servers.add(start(args[i], Path.of(args[i + 1]), Integer.parseInt(args[i + 2])));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(servers), "close"));
    System.out.println(READY);
    int read = System.in.read();
    while (read >= 0) {
      read = System.in.read();
    }
    System.exit(0);
  }

  private static AutoCloseable start(String kind, Path store, int port) {
    return switch (kind) {
      case KAFKA -> EmbeddedKafka.start(store, port);
      case REGISTRY -> DevelopmentRegistry.start(store, port);
      default -> throw new IllegalArgumentException("no such server: " + kind);
    };
  }

  private static void close(List<AutoCloseable> servers) {
    for (AutoCloseable server : servers) {
      try {
        server.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
