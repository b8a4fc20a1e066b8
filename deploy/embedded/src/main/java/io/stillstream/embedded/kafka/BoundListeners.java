package io.stillstream.embedded.kafka;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * Binds the sockets of a broker's listeners before the broker starts, and gives them to it. A port
 * that was only probed could be taken by another process, or by the next listener, in the meantime.
 */
final class BoundListeners implements ServerSocketFactory, AutoCloseable {
  private static final int DEFAULT = -1;

  private final Map<String, ServerSocketChannel> sockets = new HashMap<>();

  /**
   * Binds a listener to a port of 127.0.0.1.
   *
   * @param listener the listener's name in the broker's settings
   * @param port 1 to 65535, or 0 for any free one
   * @param what names the port in errors
   * @return the port
   * @throws EmbeddedException when the port is taken or no port number
   */
  int bind(String listener, int port, String what) {
    InetSocketAddress address = LoopbackPorts.address(port, what);
    try {
      ServerSocketChannel socket = INSTANCE.openServerSocket(listener, address, DEFAULT, DEFAULT);
      sockets.put(listener, socket);
      return socket.socket().getLocalPort();
    } catch (IOException | KafkaException e) {
      throw LoopbackPorts.inUse(port, what, e);
    }
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress socketAddress, int backlog, int receiveBufferSize)
      throws IOException {
    ServerSocketChannel socket = sockets.remove(listenerName);
    if (socket == null) {
      throw new IOException("no socket is bound for listener " + listenerName);
    }
    return socket;
  }

  /** Closes the sockets that no broker has taken over. */
  @Override
  public void close() {
    for (ServerSocketChannel socket : sockets.values()) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new EmbeddedException("a listener's socket could not be closed: " + e, e);
      }
    }
    sockets.clear();
  }
}
