package io.stillstream.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Finds out which loopback ports are free before something large is started on them. */
public final class LoopbackPorts {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private LoopbackPorts() {}

  /**
   * A port that an option chooses.
   *
   * @param number 0 for any free one
   * @param what names the port in errors
   */
  public record Wanted(int number, String what, String option) {}

  /**
   * Checks that all ports are free, before something large is started on the first of them.
   *
   * @throws EmbeddedException naming all that are taken, with their options, or the first that is
   *     no port number
   */
  public static void requireFree(List<Wanted> ports) {
    List<String> taken = new ArrayList<>();
    for (Wanted port : ports) {
      try {
        open(port.number(), port.what()).close();
      } catch (IOException e) {
        taken.add(
            "%s, choose another with %s"
                .formatted(inUse(port.number(), port.what(), e).getMessage(), port.option()));
      }
    }
    if (!taken.isEmpty()) {
      throw new EmbeddedException(String.join("; ", taken));
    }
  }

  /**
   * Returns the port itself when it is free, or any free one for 0. Another process may take it
   * before it is used; then the server that wanted it fails to bind.
   *
   * @throws EmbeddedException when the port is taken or no port number
   */
  public static int free(int port, String what) {
    try (ServerSocket socket = open(port, what)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw inUse(port, what, e);
    }
  }

  /**
   * Returns two free ports that differ. Two calls of {@link #free} may return the same port twice.
   *
   * @param what names the ports in errors
   * @throws EmbeddedException when no port is free
   */
  public static int[] freePair(String what) {
    try (ServerSocket first = open(0, what);
        ServerSocket second = open(0, what)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    } catch (IOException e) {
      throw inUse(0, what, e);
    }
  }

  /**
   * Returns the address of a port of 127.0.0.1.
   *
   * @throws EmbeddedException when it is no port number
   */
  public static InetSocketAddress address(int port, String what) {
    if (port < 0 || port > 65_535) {
      throw new EmbeddedException(what + " port must be 0 to 65535, was " + port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the error of a port that could not be bound. */
  public static EmbeddedException inUse(int port, String what, Exception cause) {
    return new EmbeddedException(what + " port " + port + " is in use on 127.0.0.1", cause);
  }

  private static ServerSocket open(int port, String what) throws IOException {
    InetSocketAddress address = address(port, what);
    ServerSocket socket = new ServerSocket();
    try {
      // As the servers do: a port whose last connections linger in TIME_WAIT counts as free.
      socket.setReuseAddress(true);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
