package io.stillstream.bench.load.deployment;

import java.util.List;
import java.util.Map;

/** A pipeline that runs already, somewhere; of its processes only metrics are known. */
public record ExternalDeployment(
    Map<String, String> clients, TopicNames topics, List<ProcessProbe> members)
    implements Deployment {

  @Override
  public void requireHealthy() {
    // A service that is away does not answer with its metrics, and is told so.
  }

  @Override
  public void close() {
    // Nothing of it is ours.
  }
}
