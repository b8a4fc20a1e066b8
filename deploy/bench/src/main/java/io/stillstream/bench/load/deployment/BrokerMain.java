package io.stillstream.bench.load.deployment;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Broker and registry in a process of their own, so that what they cost can be told from what the
 * services do. It prints where they are and runs until its input ends, as it does when whoever
 * started it is gone.
 */
final class BrokerMain {
  private BrokerMain() {}

  /**
   * Runs them.
   *
   * @param args the directory that they store in
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    try (DevelopmentRegistry registry =
            DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
        EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      Map<String, String> clients =
          Map.of(
              "bootstrap.servers",
              kafka.bootstrapServers(),
              "schema.registry.url",
              registry.url().toString());
      System.out.println(new ObjectMapper().writeValueAsString(clients));
      System.out.flush();
      int read = System.in.read();
      while (read >= 0) {
        read = System.in.read();
      }
    }
  }
}
