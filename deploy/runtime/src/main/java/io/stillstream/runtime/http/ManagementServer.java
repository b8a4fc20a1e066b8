package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.RouteTable.Lane;
import io.stillstream.runtime.http.RouteTable.Route;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
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
 * <p>Whatever clients do, health is answered: requests are read and answers are written without
 * threads, so a client that is slow holds none. Metrics have a queue of their own, and so has what
 * services add, which may take its time: together they leave most threads alone, see {@link
 * RequestQueue}.
 */
public final class ManagementServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final int THREADS = 32;
  private static final int STOP_MILLIS = 1000;

  /** With more connections than this, idle ones are closed soon. */
  private static final int MANY_CONNECTIONS = 256;

  private static final int MANY_CONNECTIONS_IDLE_MILLIS = 1000;

  private final Server server;
  private final RouteTable routes;
  private final boolean hasUser;
  private final int port;

  /**
   * What clients are allowed.
   *
   * @param operators with metrics
   * @param services with what services add
   * @param downloads with files, for each piece
   */
  record ServerLimits(
      RequestQueue.Limits operators, RequestQueue.Limits services, RequestQueue.Limits downloads) {
    /** A body of 8 MB takes time on a slow line, too. */
    static final ServerLimits DEFAULT =
        new ServerLimits(
            new RequestQueue.Limits(
                2, 16, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(10)),
            new RequestQueue.Limits(
                8, 64, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(30)),
            new RequestQueue.Limits(
                4, 16, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(30)));

    /** With the default for files. */
    ServerLimits(RequestQueue.Limits operators, RequestQueue.Limits services) {
      this(operators, services, DEFAULT.downloads());
    }
  }

  private ManagementServer(Server server, RouteTable routes, boolean hasUser) {
    this.server = server;
    this.routes = routes;
    this.hasUser = hasUser;
    this.port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
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
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("management");
    threads.setDaemon(true);
    threads.setStopTimeout(STOP_MILLIS);
    Server server = new Server(threads);
    RouteTable routes = new RouteTable();
    Handler downloads = queue(limits.downloads(), Lane.DOWNLOAD, routes, routes);
    Handler services = queue(limits.services(), Lane.SERVICE, routes, downloads);
    Handler all = queue(limits.operators(), Lane.METRICS, routes, services);
    ManagementAuthenticator authenticator = new ManagementAuthenticator(settings.basic(), all);
    routes.addReadable(Lane.DIRECT, "/health/live", health(health, Health::live, authenticator));
    routes.addReadable(Lane.DIRECT, "/health/ready", health(health, Health::ready, authenticator));
    routes.addReadable(Lane.METRICS, "/info", info(info));
    routes.addReadable(
        Lane.METRICS,
        "/metrics",
        (request, response, callback) ->
            HttpResponses.send(
                response,
                callback,
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                registry.scrape().getBytes(UTF_8)));
    server.setHandler(authenticator);
    server.setErrorHandler(new HttpResponses.ServerErrors());
    server.addConnector(ManagementConnector.open(server, settings));
    server.addBean(monitor(server));
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the management endpoint cannot start", e);
    }
    ManagementServer management =
        new ManagementServer(server, routes, settings.basic().isPresent());
    LOG.atInfo()
        .addKeyValue("host", settings.host())
        .addKeyValue("port", management.port())
        .addKeyValue("tls", settings.tls().isPresent())
        .log("management endpoint listens");
    return management;
  }

  private static Handler queue(
      RequestQueue.Limits limits, Lane lane, RouteTable routes, Handler next) {
    RequestQueue queue = new RequestQueue(limits, next);
    queue.include(routes.isIn(lane));
    return queue;
  }

  private static LowResourceMonitor monitor(Server server) {
    LowResourceMonitor monitor = new LowResourceMonitor(server);
    monitor.setMonitorThreads(false);
    monitor.addLowResourceCheck(monitor.new MaxConnectionsLowResourceCheck(MANY_CONNECTIONS));
    monitor.setLowResourcesIdleTimeout(MANY_CONNECTIONS_IDLE_MILLIS);
    return monitor;
  }

  private static Route info(Map<String, String> info) {
    Map<String, String> about = new LinkedHashMap<>(info);
    about.put(
        "started",
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
    about.put("java", Runtime.version().toString());
    return (request, response, callback) -> HttpResponses.json(response, callback, 200, about);
  }

  /** Whether all is good, and to the user each check: they name hosts, topics and principals. */
  private static Route health(
      Supplier<Health> source, Predicate<Health> good, ManagementAuthenticator authenticator) {
    return (request, response, callback) -> {
      Health health = source.get();
      boolean up = good.test(health);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("status", up ? "UP" : "DOWN");
      if (authenticator.isAuthenticated(request)) {
        body.put("checks", health.checks());
      }
      HttpResponses.json(response, callback, up ? 200 : 503, body);
    };
  }

  /** The port that is really bound. */
  public int port() {
    return port;
  }

  /** Serves what a service answers beside health and metrics. */
  public void add(List<HttpEndpoint> endpoints) {
    for (HttpEndpoint endpoint : endpoints) {
      Route route = new EndpointRoute(endpoint, hasUser);
      if (endpoint.kind() == HttpEndpoint.Kind.DOWNLOAD) {
        routes.addReadable(Lane.DOWNLOAD, endpoint.path(), route);
      } else {
        routes.add(Lane.SERVICE, endpoint.method(), endpoint.path(), route);
      }
    }
  }

  /** Serves what a service shows to browsers. */
  public void add(WebContent site) {
    for (StaticResource asset : site.assets()) {
      routes.addReadable(Lane.SERVICE, asset.path(), asset::answer);
      if (asset.path().endsWith("/")) {
        String path = asset.path().substring(0, asset.path().length() - 1);
        routes.addReadable(Lane.DIRECT, path, redirect(path));
      }
    }
    for (EventStream feed : site.feeds()) {
      routes.add(Lane.DIRECT, "GET", feed.path(), feed::subscribe);
      // As HEAD a feed says only that it is there.
      routes.add(
          Lane.DIRECT,
          "HEAD",
          feed.path(),
          (request, response, callback) ->
              HttpResponses.send(
                  response, callback, 200, "text/event-stream; charset=utf-8", new byte[0]));
    }
  }

  /** Relative: a proxy may have put something before the path. */
  private static Route redirect(String path) {
    return (request, response, callback) -> {
      response.setStatus(302);
      response
          .getHeaders()
          .put(HttpHeader.LOCATION, path.substring(path.lastIndexOf('/') + 1) + "/");
      callback.succeeded();
    };
  }

  /** Stops at once; open requests are cut off, and their handlers interrupted. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.atWarn().setCause(e).log("the management endpoint did not stop in order");
    }
  }
}
