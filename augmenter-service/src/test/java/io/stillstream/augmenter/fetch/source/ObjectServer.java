package io.stillstream.augmenter.fetch.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A server on loopback whose answers a test decides; it notes what it was asked. */
final class ObjectServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();

  private ObjectServer(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.start();
  }

  static ObjectServer start() throws IOException {
    return new ObjectServer(HttpServer.create(loopback(), 0));
  }

  static ObjectServer start(SSLContext identity) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity));
    return new ObjectServer(server);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Answers a path with a status and bytes. */
  void put(String path, int status, byte[] bytes) {
    on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
        });
  }

  /** Answers a path by a redirect. */
  void redirect(String path, int status, String location) {
    on(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Location", location);
          exchange.sendResponseHeaders(status, -1);
        });
  }

  /** Lets a handler answer a path; the exchange is closed after it. */
  void on(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          note(exchange);
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  private void note(HttpExchange exchange) {
    requests.add(exchange.getRequestURI().toString());
    clientPorts.add(exchange.getRemoteAddress().getPort());
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Path and query of each request, in order. */
  List<String> requests() {
    return requests;
  }

  /** How many connections requests came by. */
  int connections() {
    return clientPorts.size();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
