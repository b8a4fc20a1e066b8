package io.stillstream.containers;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A container that holds its breath: its processes are frozen, so connections stay open and nothing
 * is answered. Stopping it instead would give it another port.
 */
final class ContainerPause {
  private ContainerPause() {}

  static void begin(GenericContainer<?> container) {
    DockerClientFactory.lazyClient().pauseContainerCmd(container.getContainerId()).exec();
  }

  static void end(GenericContainer<?> container) {
    DockerClientFactory.lazyClient().unpauseContainerCmd(container.getContainerId()).exec();
  }
}
