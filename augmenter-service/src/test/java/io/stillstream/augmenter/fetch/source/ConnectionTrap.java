package io.stillstream.augmenter.fetch.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A port of loopback that nothing may connect to. */
final class ConnectionTrap implements AutoCloseable {
  private final ServerSocketChannel channel;

  /**
   * @param port 0 for any free one
   */
  ConnectionTrap(InetAddress address, int port) throws IOException {
    channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(address, port));
    channel.configureBlocking(false);
  }

  int port() throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  /** How many connections the system has accepted since the last call. */
  int connections() throws IOException {
    int count = 0;
    for (SocketChannel next = channel.accept(); next != null; next = channel.accept()) {
      next.close();
      count++;
    }
    return count;
  }

  /** Connects to it, as what must not happen does. */
  void connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write(0);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
