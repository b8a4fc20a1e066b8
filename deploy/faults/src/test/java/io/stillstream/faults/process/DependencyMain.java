package io.stillstream.faults.process;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import java.nio.file.Path;

/** Main class of the broker's and of the registry's process. */
public final class DependencyMain {
  public static final String KAFKA = "kafka";
  public static final String REGISTRY = "registry";
  public static final String UP = "neighbour is up";

  private DependencyMain() {}

  /** Arguments: which of them, where it stores, its port. */
  public static void main(String[] args) throws InterruptedException {
    Path store = Path.of(args[1]);
    int port = Integer.parseInt(args[2]);
    AutoCloseable neighbour =
        switch (args[0]) {
          case KAFKA -> EmbeddedKafka.start(store, port);
          case REGISTRY -> DevelopmentRegistry.start(store, port);
          default -> throw new IllegalArgumentException("no such neighbour: " + args[0]);
        };
    Thread closing = new Thread(() -> close(neighbour), "close");
    Runtime.getRuntime().addShutdownHook(closing);
    System.out.println(UP);
    Thread.currentThread().join();
  }

  private static void close(AutoCloseable neighbour) {
    try {
      neighbour.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
