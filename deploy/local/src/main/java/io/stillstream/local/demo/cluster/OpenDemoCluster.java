package io.stillstream.local.demo.cluster;

import io.stillstream.local.access.Role;
import io.stillstream.local.broker.LocalBroker;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.settings.DemoSettings;
import java.util.List;
import java.util.Map;

/**
 * A cluster without authentication and ACLs.
 *
 * @param clients settings of all clients
 * @param end stops what was started here
 */
public record OpenDemoCluster(Map<String, String> clients, Runnable end) implements DemoCluster {

  /** Starts the embedded broker and registry. */
  public static OpenDemoCluster start(StateDirectory directory, DemoSettings.Ports ports) {
    LocalBroker broker =
        LocalBroker.start(directory.kafka(), ports.kafka(), directory.registry(), ports.registry());
    return new OpenDemoCluster(broker.clients(), broker::close);
  }

  @Override
  public Map<String, String> clients(String role) {
    return clients;
  }

  @Override
  public Map<String, String> admin() {
    return clients;
  }

  @Override
  public void grantAcls(List<Role> roles) {
    // All clients may do everything.
  }

  @Override
  public void close() {
    end.run();
  }
}
