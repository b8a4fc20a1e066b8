package io.stillstream.bench.load;

import io.stillstream.bench.load.deployment.Deployment;
import io.stillstream.bench.load.deployment.ExternalDeployment;
import io.stillstream.bench.load.deployment.ProcessProbe;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a pipeline is that runs already. */
final class ExternalDeploymentOptions {
  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "The broker of a pipeline that runs already, in place of one of its own.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description = "The registry of a pipeline that runs already.")
  private Optional<String> registry = Optional.empty();

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "URL",
      description = "The services of a pipeline that runs already: http://host:9401/metrics,…")
  private List<URI> metrics = List.of();

  @Option(
      names = "--views",
      defaultValue = "4",
      paramLabel = "N",
      description = "Of an image, as the policy makes them; default ${DEFAULT-VALUE}.")
  private int views;

  boolean isThere() {
    return bootstrapServer.isPresent();
  }

  /** Whether all is said that has to be, or nothing. */
  boolean isWhole() {
    return bootstrapServer.isPresent() == registry.isPresent();
  }

  int views() {
    return views;
  }

  Deployment deployment() {
    return new ExternalDeployment(
        Map.of(
            "bootstrap.servers", bootstrapServer.orElseThrow(),
            "schema.registry.url", registry.orElseThrow()),
        metrics.stream().map(ProcessProbe::at).toList());
  }
}
