package io.stillstream.local.demo.cluster;

import io.stillstream.local.access.Role;
import io.stillstream.local.broker.LocalBroker;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.settings.DemoSettings;
import java.util.List;
import java.util.Map;

/**
 * Those where everybody may do everything.
 *
 * @param everybody settings of every client
 * @param end stops what is ours of them
 */
public record OpenDemoCluster(Map<String, String> everybody, Runnable end) implements DemoCluster {

  /** Starts the embedded broker and registry. */
  public static OpenDemoCluster start(StateDirectory directory, DemoSettings.Ports ports) {
    LocalBroker broker =
        LocalBroker.start(directory.kafka(), ports.kafka(), directory.registry(), ports.registry());
    return new OpenDemoCluster(broker.clients(), broker::close);
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
  public void grantAcls(List<Role> roles) {
    // They may do everything.
  }

  @Override
  public void close() {
    end.run();
  }
}
