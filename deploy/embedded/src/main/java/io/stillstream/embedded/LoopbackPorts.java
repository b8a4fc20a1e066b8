package io.stillstream.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out which loopback ports are free before something large is started on them. */
public final class LoopbackPorts {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private LoopbackPorts() {}

  /**
   * Returns the port itself when it is free, or any free one for 0. Another process may take it
   * before it is used; then the server that wanted it fails to bind.
   *
   * @throws EmbeddedException when the port is taken or no port number
   */
  public static int free(int port, String what) {
    if (port < 0 || port > 65_535) {
      throw new EmbeddedException(what + " port must be 0 to 65535, was " + port);
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As the servers do: a port whose last connections linger in TIME_WAIT counts as free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedException(what + " port " + port + " is in use on 127.0.0.1", e);
    }
  }
}
