package io.stillstream.containers.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortPairTest {
  @Test
  void shouldLieBelowThePortsOfClientsAndBeFree() throws Exception {
    // when
    PortPair ports = PortPair.free();

    // then
    assertThat(ports.grpc()).isEqualTo(ports.http() + 1).isLessThan(32_768);
    try (ServerSocket http = new ServerSocket(ports.http(), 1, InetAddress.getLoopbackAddress());
        ServerSocket grpc = new ServerSocket(ports.grpc(), 1, InetAddress.getLoopbackAddress())) {
      assertThat(http.isBound() && grpc.isBound()).isTrue();
    }
  }
}
