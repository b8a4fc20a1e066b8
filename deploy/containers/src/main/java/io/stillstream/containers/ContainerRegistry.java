package io.stillstream.containers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Apicurio Registry in a container, storing in memory, spoken to through Confluent's API. While it
 * is away its processes are frozen, as those of {@link ContainerBroker}.
 */
final class ContainerRegistry implements RestartableServer {
  private static final int PORT = 8080;
  private static final String API = "/apis/ccompat/v7";

  private final GenericContainer<?> apicurio;

  private ContainerRegistry(Map<String, String> environment) {
    apicurio =
        new GenericContainer<>(ContainerImages.REGISTRY.image())
            .withExposedPorts(PORT)
            .withEnv(environment)
            // How a container reaches a server of the test.
            .withExtraHost("test", "host-gateway")
            .waitingFor(
                Wait.forHttp("/health/ready")
                    .forPort(PORT)
                    .withStartupTimeout(Duration.ofMinutes(3)));
    apicurio.start();
  }

  /** Anyone may read and write; compatibility is BACKWARD, as with Confluent, not none. */
  static ContainerRegistry open() {
    ContainerRegistry registry = new ContainerRegistry(Map.of());
    try {
      registry.refuseWhatIsNotBackwardCompatible();
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
    return registry;
  }

  /** With other settings, from the environment of the server. */
  static ContainerRegistry with(Map<String, String> environment) {
    return new ContainerRegistry(environment);
  }

  @Override
  public String address() {
    return "http://" + apicurio.getHost() + ":" + apicurio.getMappedPort(PORT) + API;
  }

  @Override
  public void stop() {
    apicurio.getDockerClient().pauseContainerCmd(apicurio.getContainerId()).exec();
  }

  @Override
  public void start() {
    apicurio.getDockerClient().unpauseContainerCmd(apicurio.getContainerId()).exec();
  }

  @Override
  public void close() {
    apicurio.close();
  }

  private void refuseWhatIsNotBackwardCompatible() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address() + "/config"))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\": \"BACKWARD\"}"))
            .build();
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "the registry answered %d to PUT /config: %s"
                .formatted(response.statusCode(), response.body()));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the registry does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
