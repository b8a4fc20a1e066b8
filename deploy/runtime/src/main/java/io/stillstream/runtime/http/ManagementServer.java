package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint for operators: {@code /metrics}, {@code /health/live}, {@code /health/ready}, {@code
 * /info}, and what services add. A method that a path does not know is answered with 405, an
 * unknown path with 404.
 *
 * <p>Where the settings name a user, everything but whether it is well is for that user only; where
 * they name a certificate, all of it is by HTTPS.
 *
 * <p>Whatever clients do, health is answered: no client can hold a thread for long, see {@link
 * ConnectionThreadPool}, and health is answered by the very thread that has read the request.
 * Metrics have threads of their own, and so has what services add, which may take its time; with
 * too much of it waiting, or waiting for too long, the answer is 503.
 */
public final class ManagementServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final String HEALTH = "/health/";

  private final HttpServer server;
  private final ManagementAuthenticator gate;
  private final ConnectionThreadPool readers;
  private final ConnectionThreadPool operators;
  private final ConnectionThreadPool workers;
  private final SlowConnectionMonitor watch;
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();

  private final Map<String, StaticResource> assets = new ConcurrentHashMap<>();
  private final Map<String, EventStream> feeds = new ConcurrentHashMap<>();

  /** By path, then by method. */
  private final Map<String, Map<String, HttpEndpoint>> endpoints = new ConcurrentHashMap<>();

  /**
   * What clients are allowed.
   *
   * @param readers of those threads that read requests, and answer what takes no time
   * @param operators of those for metrics
   * @param workers of those for what services add
   */
  record ServerLimits(
      ConnectionThreadPool.PoolLimits readers,
      ConnectionThreadPool.PoolLimits operators,
      ConnectionThreadPool.PoolLimits workers) {
    /**
     * Heads come in one packet, so a client that takes a quarter of a second for one is the first
     * to go when threads get scarce. A body of 8 MB takes time on an honest line, too.
     */
    static final ServerLimits DEFAULT =
        new ServerLimits(
            new ConnectionThreadPool.PoolLimits(
                256, Duration.ofMillis(250), Duration.ofSeconds(10)),
            new ConnectionThreadPool.PoolLimits(
                2, 16, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(10)),
            new ConnectionThreadPool.PoolLimits(
                8, 64, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(30)));
  }

  private ManagementServer(HttpServer server, ManagementAuthenticator gate, ServerLimits limits) {
    this.server = server;
    this.gate = gate;
    this.readers = new ConnectionThreadPool("management", limits.readers(), System::nanoTime);
    this.operators =
        new ConnectionThreadPool("management-metrics", limits.operators(), System::nanoTime);
    this.workers =
        new ConnectionThreadPool("management-worker", limits.workers(), System::nanoTime);
    this.watch = new SlowConnectionMonitor(readers, List.of(readers, operators, workers));
    server.setExecutor(readers);
    server.createContext("/", this::route);
  }

  /**
   * Listens, and returns.
   *
   * @param info what {@code /info} says beside the start time and the Java version
   * @throws StartupException if host and port cannot be bound, or the certificate is not good
   */
  public static ManagementServer start(
      ManagementSettings settings,
      PrometheusMeterRegistry registry,
      Supplier<Health> health,
      Map<String, String> info) {
    return start(settings, registry, health, info, ServerLimits.DEFAULT);
  }

  static ManagementServer start(
      ManagementSettings settings,
      PrometheusMeterRegistry registry,
      Supplier<Health> health,
      Map<String, String> info,
      ServerLimits limits) {
    ManagementServer management =
        new ManagementServer(
            HttpServerFactory.bind(settings),
            new ManagementAuthenticator(settings.basic()),
            limits);
    Map<String, String> about = new LinkedHashMap<>(info);
    about.put(
        "started",
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
    about.put("java", Runtime.version().toString());
    management.addHandler("/info", exchange -> HttpResponses.json(exchange, 200, about));
    // What takes time before the answer is written is not the client's time.
    Supplier<Health> examined = () -> management.readers.compute(health::get);
    management.addHandler(
        "/health/live",
        HttpResponses.health(examined, Health::live, management.gate::isAuthenticated));
    management.addHandler(
        "/health/ready",
        HttpResponses.health(examined, Health::ready, management.gate::isAuthenticated));
    management.addHandler(
        "/metrics",
        exchange ->
            HttpResponses.send(
                exchange,
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                management.operators.compute(() -> registry.scrape().getBytes(UTF_8))));
    management.server.start();
    LOG.atInfo()
        .addKeyValue("host", settings.host())
        .addKeyValue("port", management.port())
        .addKeyValue("tls", settings.tls().isPresent())
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

  /** Serves what a service answers beside health and metrics. */
  public void add(List<HttpEndpoint> more) {
    for (HttpEndpoint endpoint : more) {
      endpoints
          .computeIfAbsent(endpoint.path(), path -> new ConcurrentSkipListMap<>())
          .put(endpoint.method(), endpoint);
    }
  }

  /** Serves what a service shows to browsers. */
  public void add(WebContent site) {
    site.assets().forEach(asset -> assets.put(asset.path(), asset));
    site.feeds().forEach(feed -> feeds.put(feed.path(), feed));
  }

  @Override
  public void close() {
    server.stop(0);
    watch.close();
    readers.close();
    operators.close();
    workers.close();
  }

  private void route(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Map<String, HttpEndpoint> methods = endpoints.get(path);
    if (!gate.isAllowed(exchange)) {
      try (exchange) {
        ManagementAuthenticator.sendUnauthorized(exchange);
      }
    } else if (methods != null) {
      work(workers, exchange, () -> answer(exchange, path, methods));
    } else if (assets.containsKey(path)) {
      work(workers, exchange, () -> answer(exchange, path, assets.get(path)::answer));
    } else if (feeds.containsKey(path) && exchange.getRequestMethod().equals("GET")) {
      admit(exchange, feeds.get(path));
    } else if (handlers.containsKey(path) && !path.startsWith(HEALTH)) {
      work(operators, exchange, () -> answer(exchange, path, handlers.get(path)));
    } else {
      try (exchange) {
        answer(exchange, other(path));
      }
    }
  }

  /** What neither takes its time nor stays open; null for an unknown path. */
  private HttpHandler other(String path) {
    if (feeds.containsKey(path)) {
      // As HEAD a feed says only that it is there; GET is answered by the feed.
      return exchange ->
          HttpResponses.send(exchange, 200, "text/event-stream; charset=utf-8", new byte[0]);
    }
    if (!path.endsWith("/") && assets.containsKey(path + "/")) {
      // Relative: a proxy may have put something before the path.
      String name = path.substring(path.lastIndexOf('/') + 1);
      return exchange -> {
        exchange.getResponseHeaders().set("Location", name + "/");
        exchange.sendResponseHeaders(302, -1);
      };
    }
    return handlers.get(path);
  }

  private static void work(ConnectionThreadPool threads, HttpExchange exchange, Runnable answer) {
    Runnable refusal = () -> refuse(exchange, "too many requests are waiting");
    if (!threads.offer(answer, refusal)) {
      refusal.run();
    }
  }

  private static void refuse(HttpExchange exchange, String reason) {
    try (exchange) {
      // A client that still sends would lose the answer with its connection.
      HttpResponses.drain(exchange);
      HttpResponses.unavailable(exchange, reason);
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the client has gone");
    }
  }

  /** The exchange of a reader that is taken on belongs to the feed from then on. */
  private static void admit(HttpExchange exchange, EventStream feed) throws IOException {
    feed.subscribe(exchange).ifPresent(reason -> refuse(exchange, reason));
  }

  private static void answer(HttpExchange exchange, String path, HttpHandler handler) {
    try (exchange) {
      answer(exchange, handler);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("path", path).setCause(e).log("the client has gone");
    }
  }

  private static void answer(HttpExchange exchange, HttpHandler handler) throws IOException {
    String method = exchange.getRequestMethod();
    if (handler == null) {
      HttpResponses.json(exchange, 404, Map.of("error", "not found"));
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      HttpResponses.methodNotAllowed(exchange, "GET, HEAD");
    } else {
      handle(handler, exchange);
    }
  }

  private void answer(HttpExchange exchange, String path, Map<String, HttpEndpoint> methods) {
    HttpEndpoint endpoint = methods.get(exchange.getRequestMethod());
    try (exchange) {
      if (endpoint == null) {
        HttpResponses.methodNotAllowed(exchange, String.join(", ", methods.keySet()));
      } else {
        handle(open -> HttpResponses.reply(open, endpoint, workers), exchange);
      }
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("path", path).setCause(e).log("the client has gone");
    }
  }

  private static void handle(HttpHandler handler, HttpExchange exchange) throws IOException {
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("path", exchange.getRequestURI()).log("request failed");
      HttpResponses.json(exchange, 500, Map.of("error", "internal error"));
    }
  }
}
