package io.stillstream.bench.load.deployment;

import java.util.List;
import java.util.Map;

/** A pipeline that was started elsewhere; of its processes only metrics are known. */
public record ExternalDeployment(Map<String, String> clients, List<ProcessProbe> processes)
    implements Deployment {

  @Override
  public void requireHealthy() {
    // A service that is away does not answer with its metrics, which is an error there.
  }

  @Override
  public void close() {
    // It was not started here.
  }
}
