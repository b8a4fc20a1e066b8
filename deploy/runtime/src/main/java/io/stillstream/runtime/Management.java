package io.stillstream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint for operators: {@code /metrics}, {@code /health/live}, {@code /health/ready}, {@code
 * /info}. It answers GET and HEAD; everything else is 405, and an unknown path is 404.
 */
public final class Management implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final int THREADS = 2;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();

  private Management(HttpServer server) {
    this.server = server;
    this.threads = Executors.newFixedThreadPool(THREADS, Management::thread);
    server.setExecutor(threads);
    server.createContext("/", this::route);
  }

  /**
   * Listens, and returns.
   *
   * @param info what {@code /info} says beside the start time and the Java version
   * @throws StartupException if host and port cannot be bound
   */
  public static Management start(
      ManagementSettings settings,
      PrometheusMeterRegistry registry,
      Supplier<Health> health,
      Map<String, String> info) {
    Management management = new Management(bind(settings));
    Map<String, String> about = new LinkedHashMap<>(info);
    about.put(
        "started",
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
    about.put("java", Runtime.version().toString());
    management.addHandler("/info", exchange -> json(exchange, 200, about));
    management.addHandler("/health/live", healthHandler(health, Health::live));
    management.addHandler("/health/ready", healthHandler(health, Health::ready));
    management.addHandler(
        "/metrics",
        exchange ->
            send(
                exchange,
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                registry.scrape().getBytes(UTF_8)));
    management.server.start();
    LOG.atInfo()
        .addKeyValue("host", settings.host())
        .addKeyValue("port", management.port())
        .log("management endpoint listens");
    return management;
  }

  /** The port that is really bound. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Serves GET and HEAD of exactly this path; the handler closes the exchange. */
  public void addHandler(String path, HttpHandler handler) {
    handlers.put(path, handler);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void route(HttpExchange exchange) throws IOException {
    HttpHandler handler = handlers.get(exchange.getRequestURI().getPath());
    String method = exchange.getRequestMethod();
    try (exchange) {
      if (handler == null) {
        json(exchange, 404, Map.of("error", "not found"));
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        json(exchange, 405, Map.of("error", "method not allowed"));
      } else {
        handle(handler, exchange);
      }
    }
  }

  private static void handle(HttpHandler handler, HttpExchange exchange) throws IOException {
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("path", exchange.getRequestURI()).log("request failed");
      json(exchange, 500, Map.of("error", "internal error"));
    }
  }

  private static HttpHandler healthHandler(Supplier<Health> source, Predicate<Health> good) {
    return exchange -> {
      Health health = source.get();
      boolean up = good.test(health);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("status", up ? "UP" : "DOWN");
      body.put("checks", health.checks());
      json(exchange, up ? 200 : 503, body);
    };
  }

  private static void json(HttpExchange exchange, int status, Object body) throws IOException {
    send(exchange, status, "application/json", bytes(body));
  }

  private static byte[] bytes(Object body) throws JsonProcessingException {
    return JSON.writeValueAsBytes(body);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static HttpServer bind(ManagementSettings settings) {
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    if (address.isUnresolved()) {
      throw new StartupException("management.host: unknown host " + settings.host());
    }
    try {
      return HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new StartupException(
          "management.port: cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + ", "
              + e.getMessage(),
          e);
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "management");
    thread.setDaemon(true);
    return thread;
  }
}
