package io.stillstream.augmenter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Objects by HTTP on loopback; it can be stopped and started again, and hold answers back. */
final class ObjectServer implements AutoCloseable {
  private static final String PATH = "/objects/";

  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
  private final Set<String> requested = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int port;
  private HttpServer server;

  ObjectServer() {
    start(0);
    port = server.getAddress().getPort();
  }

  /** What a setting may allow. */
  String prefix() {
    return "http://127.0.0.1:" + port + PATH;
  }

  String uri(String name) {
    return prefix() + name;
  }

  void put(String name, byte[] bytes) {
    objects.put(name, bytes);
  }

  void remove(String name) {
    objects.remove(name);
  }

  /** Holds the answer for an object back. */
  void hold(String name) {
    held.put(name, new CountDownLatch(1));
  }

  void letGo(String name) {
    held.remove(name).countDown();
  }

  boolean isRequested(String name) {
    return requested.contains(name);
  }

  /** Requests so far. */
  int requests() {
    return requests.get();
  }

  /** Refuses connections from now on. */
  void stop() {
    server.stop(0);
  }

  void start() {
    start(port);
  }

  private void start(int at) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(PATH, this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String name = exchange.getRequestURI().getPath().substring(PATH.length());
    requested.add(name);
    CountDownLatch latch = held.get(name);
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    byte[] bytes = objects.get(name);
    if (bytes == null) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
