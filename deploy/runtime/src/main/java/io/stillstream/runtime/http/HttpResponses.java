package io.stillstream.runtime.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.stillstream.runtime.health.Health;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Answers as the management endpoint gives them; to HEAD, without the body. */
final class HttpResponses {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LONGEST_DRAIN = 16 << 20;
  private static final String RETRY_SECONDS = "2";

  private HttpResponses() {}

  static void json(HttpExchange exchange, int status, Object body) throws IOException {
    send(exchange, status, "application/json", JSON.writeValueAsBytes(body));
  }

  /** Reads the body to its end, if that comes before long, and forgets it. */
  static void drain(HttpExchange exchange) throws IOException {
    byte[] buffer = new byte[8192];
    int read = 0;
    for (int left = LONGEST_DRAIN; left > 0 && read >= 0; left -= read) {
      read = exchange.getRequestBody().read(buffer);
    }
  }

  /** Not now; what asked may ask again soon. */
  static void unavailable(HttpExchange exchange, String error) throws IOException {
    unavailable(exchange, Map.of("error", error));
  }

  private static void unavailable(HttpExchange exchange, Object body) throws IOException {
    exchange.getResponseHeaders().set("Retry-After", RETRY_SECONDS);
    json(exchange, 503, body);
  }

  static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
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

  static void methodNotAllowed(HttpExchange exchange, String allowed) throws IOException {
    exchange.getResponseHeaders().set("Allow", allowed);
    json(exchange, 405, Map.of("error", "method not allowed"));
  }

  /**
   * What the endpoint says to the request, whose body is bounded.
   *
   * @param threads one of which calls this
   */
  static void reply(HttpExchange exchange, HttpEndpoint endpoint, ConnectionThreadPool threads)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(endpoint.maxBytes() + 1);
    if (body.length > endpoint.maxBytes()) {
      json(exchange, 413, Map.of("error", "more than " + endpoint.maxBytes() + " bytes"));
      return;
    }
    HttpEndpoint.Request request = HttpRequests.of(exchange, body);
    HttpEndpoint.Reply reply;
    try {
      reply = threads.compute(() -> endpoint.handler().handle(request));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      unavailable(exchange, "stopping");
      return;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a handler throws nothing else", e);
    }
    if (reply.status() == 503) {
      unavailable(exchange, reply.body());
    } else {
      json(exchange, reply.status(), reply.body());
    }
  }

  /**
   * Whether all is good, and each check.
   *
   * @param toBeTold who is told the checks, which name hosts, topics and principals
   */
  static HttpHandler health(
      Supplier<Health> source, Predicate<Health> good, Predicate<HttpExchange> toBeTold) {
    return exchange -> {
      Health health = source.get();
      boolean up = good.test(health);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("status", up ? "UP" : "DOWN");
      if (toBeTold.test(exchange)) {
        body.put("checks", health.checks());
      }
      json(exchange, up ? 200 : 503, body);
    };
  }
}
