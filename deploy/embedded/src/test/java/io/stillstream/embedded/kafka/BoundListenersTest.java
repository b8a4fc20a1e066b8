package io.stillstream.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.LoopbackPorts;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

final class BoundListenersTest {
  private final BoundListeners listeners = new BoundListeners();

  @Test
  void shouldHoldAPortUntilTheBrokerTakesItsSocket() throws IOException {
    // given
    int port = listeners.bind("PLAINTEXT", 0, "Kafka");
    // when: the probe of anyone else, while it is held
    assertThatThrownBy(() -> LoopbackPorts.free(port, "other"))
        .isInstanceOf(EmbeddedException.class)
        .hasMessage("other port %d is in use on 127.0.0.1", port);
    // then
    try (ServerSocketChannel socket = open("PLAINTEXT", port)) {
      assertThat(socket.getLocalAddress()).isEqualTo(LoopbackPorts.address(port, "Kafka"));
      listeners.close();
      assertThat(socket.isOpen()).isTrue();
    }
  }

  @Test
  void shouldGiveEachListenerAPortOfItsOwn() {
    try (listeners) {
      assertThat(listeners.bind("PLAINTEXT", 0, "Kafka"))
          .isNotEqualTo(listeners.bind("CONTROLLER", 0, "Kafka controller"));
    }
  }

  @Test
  void shouldCloseASocketThatNoBrokerTook() {
    // given
    int port = listeners.bind("PLAINTEXT", 0, "Kafka");
    // when
    listeners.close();
    // then
    assertThatThrownBy(() -> open("PLAINTEXT", port))
        .isInstanceOf(IOException.class)
        .hasMessage("no socket is bound for listener PLAINTEXT");
  }

  @Test
  void shouldRefuseAPortInUse() {
    try (listeners) {
      // given
      int port = listeners.bind("PLAINTEXT", 0, "Kafka");
      // when, then
      assertThatThrownBy(() -> listeners.bind("CONTROLLER", port, "Kafka controller"))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage("Kafka controller port %d is in use on 127.0.0.1", port);
    }
  }

  @Test
  void shouldRefuseWhatIsNoPort() {
    assertThatThrownBy(() -> listeners.bind("PLAINTEXT", 65_536, "Kafka"))
        .isInstanceOf(EmbeddedException.class)
        .hasMessage("Kafka port must be 0 to 65535, was 65536");
  }

  private ServerSocketChannel open(String listener, int port) throws IOException {
    return listeners.openServerSocket(listener, LoopbackPorts.address(port, listener), -1, -1);
  }
}
