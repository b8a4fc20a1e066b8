package io.stillstream.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A registry that answers from a script: first what has been queued, then what has been set for a
 * path; anything else is unknown to it, in Confluent's words.
 */
public final class FakeRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  public static final String UNKNOWN = "{\"error_code\":40403,\"message\":\"Schema not found\"}";

  /** A request as it came over the wire: the path is raw, with its query. */
  public record Request(
      String method, String path, String body, Map<String, List<String>> headers) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> String.join(",", e.getValue()))
          .findFirst()
          .orElse("");
    }
  }

  private record Scripted(int status, String body) {}

  private final String scheme;
  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Scripted> answers = new ConcurrentHashMap<>();
  private final Queue<Scripted> queued = new ArrayDeque<>();

  private FakeRegistry(String scheme, HttpServer server) {
    this.scheme = scheme;
    this.server = server;
  }

  public static FakeRegistry start() {
    return start("http", Optional.empty());
  }

  /** Speaks TLS, and wants a certificate from its clients that {@code context} trusts. */
  static FakeRegistry startTls(SSLContext context) {
    return start("https", Optional.of(context));
  }

  private static FakeRegistry start(String scheme, Optional<SSLContext> context) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      HttpServer server =
          context.isPresent() ? tls(address, context.get()) : HttpServer.create(address, 0);
      FakeRegistry registry = new FakeRegistry(scheme, server);
      server.createContext("/", registry::handle);
      server.start();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpServer tls(InetSocketAddress address, SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = context.getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    return server;
  }

  /** Answers the next request, whatever it asks, like this. */
  public FakeRegistry next(int status, String body) {
    synchronized (queued) {
      queued.add(new Scripted(status, body));
    }
    return this;
  }

  /** Answers requests for this raw path, without its query, like this. */
  public FakeRegistry on(String path, int status, String body) {
    answers.put(path, new Scripted(status, body));
    return this;
  }

  /** Knows this schema under this id. */
  public FakeRegistry schema(int id, String schema) {
    return on(
        "/schemas/ids/" + id,
        200,
        JSON.createObjectNode().put("schema", schema).put("guid", "x").toString());
  }

  /** Gives this id to whatever is registered under the subject. */
  public FakeRegistry registers(String subject, int id) {
    return on(
        "/subjects/" + subject + "/versions", 200, "{\"id\":" + id + ",\"version\":1,\"ts\":1}");
  }

  public String url() {
    return scheme + "://localhost:" + server.getAddress().getPort();
  }

  public List<Request> requests() {
    return new ArrayList<>(requests);
  }

  public Request onlyRequest() {
    if (requests.size() != 1) {
      throw new AssertionError("Expected one request, got " + requests);
    }
    return requests.get(0);
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            body,
            Map.copyOf(exchange.getRequestHeaders())));
    Scripted answer;
    synchronized (queued) {
      answer = queued.poll();
    }
    if (answer == null) {
      answer =
          answers.getOrDefault(exchange.getRequestURI().getRawPath(), new Scripted(404, UNKNOWN));
    }
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
