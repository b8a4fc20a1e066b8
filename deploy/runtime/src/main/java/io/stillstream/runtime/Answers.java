package io.stillstream.runtime;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Answers as the management endpoint gives them; to HEAD, without the body. */
final class Answers {
  private static final JsonMapper JSON = new JsonMapper();

  private Answers() {}

  static void json(HttpExchange exchange, int status, Object body) throws IOException {
    send(exchange, status, "application/json", JSON.writeValueAsBytes(body));
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

  static void refuseMethod(HttpExchange exchange, String allowed) throws IOException {
    exchange.getResponseHeaders().set("Allow", allowed);
    json(exchange, 405, Map.of("error", "method not allowed"));
  }

  /** What the endpoint says to the request, whose body is bounded. */
  static void reply(HttpExchange exchange, Endpoint endpoint) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(endpoint.maxBytes() + 1);
    if (body.length > endpoint.maxBytes()) {
      json(exchange, 413, Map.of("error", "more than " + endpoint.maxBytes() + " bytes"));
      return;
    }
    try {
      Endpoint.Reply reply = endpoint.handler().handle(Requests.of(exchange, body));
      json(exchange, reply.status(), reply.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      json(exchange, 503, Map.of("error", "stopping"));
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
