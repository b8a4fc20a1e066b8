package io.stillstream.containers.inference;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Two ports of a server that goes away and comes back at the same ones. They lie below those that
 * Linux gives to clients (32768 to 60999): else a client might be given one of them in between, or
 * even connect to itself there while the server is away.
 *
 * @param http even
 * @param grpc the next one
 */
record PortPair(int http, int grpc) {
  private static final int LOWEST = 20_000;
  private static final int PAIRS = 6_000;

  /** Two ports that are free now. */
  static PortPair free() {
    int first = ThreadLocalRandom.current().nextInt(PAIRS);
    for (int i = 0; i < PAIRS; i++) {
      int http = LOWEST + (first + i) % PAIRS * 2;
      if (isFree(http) && isFree(http + 1)) {
        return new PortPair(http, http + 1);
      }
    }
    throw new IllegalStateException("no two ports are free from " + LOWEST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // One that only waits for late packets of former connections is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
