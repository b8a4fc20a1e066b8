package io.stillstream.local.demo;

import io.stillstream.embedded.DevelopmentRegistry;
import io.stillstream.embedded.EmbeddedKafka;
import io.stillstream.local.access.Role;
import java.util.List;
import java.util.Map;

/**
 * Those where everybody may do everything.
 *
 * @param everybody settings of every client
 * @param end stops what is ours of them
 */
record OpenSurroundings(Map<String, String> everybody, Runnable end) implements Surroundings {

  /** Starts the embedded broker and registry. */
  static OpenSurroundings start(StateDirectory directory, DemoSettings.Ports ports) {
    DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.registry(), ports.registry());
    EmbeddedKafka kafka;
    try {
      kafka = EmbeddedKafka.start(directory.kafka(), ports.kafka());
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
    return new OpenSurroundings(
        Map.of(
            "bootstrap.servers", kafka.bootstrapServers(),
            "schema.registry.url", registry.url().toString()),
        () -> {
          kafka.close();
          registry.close();
        });
  }

  @Override
  public Map<String, String> clients(String role) {
    return everybody;
  }

  @Override
  public Map<String, String> admin() {
    return everybody;
  }

  @Override
  public void admit(List<Role> roles) {
    // They may do everything.
  }

  @Override
  public void close() {
    end.run();
  }
}
