package io.stillstream.runtime.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a listener in the clear which requests it knows (Kafka's ApiVersions, version 0), which a
 * broker answers before it asks who is there. One that speaks TLS takes that for a broken
 * handshake.
 */
final class PlaintextProbe {
  /** Length, key 18, version 0, a number to recognise the answer by, and no client id. */
  private static final byte[] QUESTION = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, -1, -1};

  private static final int TLS_ALERT = 21;

  /** What is at the other end. */
  enum ListenerType {
    CLEAR,
    TLS,
    UNKNOWN
  }

  private PlaintextProbe() {}

  /** What listens there; unknown without an answer in time. */
  static ListenerType probe(InetSocketAddress address, int timeoutMillis) {
    try (Socket socket = new Socket()) {
      socket.connect(address, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(QUESTION);
      return switch (socket.getInputStream().read()) {
        case TLS_ALERT -> ListenerType.TLS;
        case 0 -> ListenerType.CLEAR;
        default -> ListenerType.UNKNOWN;
      };
    } catch (IOException e) {
      return ListenerType.UNKNOWN;
    }
  }
}
