package io.stillstream.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopbackPortsTest {
  @Test
  void shouldNameAllPortsThatAreTakenAndTheirOptions() throws Exception {
    // given
    try (ServerSocket first = taken();
        ServerSocket second = taken()) {
      int kafka = first.getLocalPort();
      int management = second.getLocalPort();
      List<LoopbackPorts.Wanted> ports =
          List.of(
              new LoopbackPorts.Wanted(kafka, "Kafka", "--kafka-port"),
              new LoopbackPorts.Wanted(0, "schema registry", "--registry-port"),
              new LoopbackPorts.Wanted(management, "management", "--management-port"));

      // when, then
      assertThatThrownBy(() -> LoopbackPorts.requireFree(ports))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage(
              ("Kafka port %d is in use on 127.0.0.1, choose another with --kafka-port; management"
                      + " port %d is in use on 127.0.0.1, choose another with --management-port")
                  .formatted(kafka, management));
    }
  }

  @Test
  void shouldTakeAnyPortForZeroAndRefuseNumbersThatAreNone() {
    assertThatCode(
            () ->
                LoopbackPorts.requireFree(
                    List.of(
                        new LoopbackPorts.Wanted(0, "Kafka", "--kafka-port"),
                        new LoopbackPorts.Wanted(0, "schema registry", "--registry-port"))))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                LoopbackPorts.requireFree(
                    List.of(new LoopbackPorts.Wanted(65_536, "Kafka", "--kafka-port"))))
        .isInstanceOf(EmbeddedException.class)
        .hasMessage("Kafka port must be 0 to 65535, was 65536");
  }

  private static ServerSocket taken() throws Exception {
    return new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }
}
