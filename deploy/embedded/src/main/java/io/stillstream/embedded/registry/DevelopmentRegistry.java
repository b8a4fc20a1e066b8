package io.stillstream.embedded.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry for development: the part of Confluent's REST API that Avro clients use, on
 * loopback, open to all clients by default. Ids survive restarts: every change is in the file
 * before it is answered. It may be stopped and started again on the same port and file.
 */
public final class DevelopmentRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

  private final RegistryFile file;
  private final RegistryAccess access;
  private final HttpServer server;
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private RegistryState state;

  private DevelopmentRegistry(
      RegistryFile file, RegistryState state, RegistryAccess access, HttpServer server) {
    this.file = file;
    this.state = state;
    this.access = access;
    this.server = server;
  }

  /**
   * Starts it; requests are taken when this returns.
   *
   * @param file where ids persist; made at the first registration when missing
   * @param port of 127.0.0.1, or 0 for any free one
   * @throws EmbeddedException when the port is taken or the file is damaged
   */
  public static DevelopmentRegistry start(Path file, int port) {
    return start(file, port, RegistryAccess.open());
  }

  /** Starts it as {@link #start(Path, int)} does, with authentication and TLS. */
  public static DevelopmentRegistry start(Path file, int port, RegistryAccess access) {
    RegistryFile store = new RegistryFile(file);
    RegistryState state = store.load();
    int free = LoopbackPorts.free(port, "schema registry");
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer server = access.listen(new InetSocketAddress(loopback, free));
      DevelopmentRegistry registry = new DevelopmentRegistry(store, state, access, server);
      server.setExecutor(registry.executor);
      server.createContext("/", registry::handle);
      server.start();
      return registry;
    } catch (IOException e) {
      throw new EmbeddedException("schema registry port " + free + " cannot be bound: " + e, e);
    }
  }

  /** Value for schema.registry.url. */
  public URI url() {
    return URI.create(access.url(server.getAddress().getPort()));
  }

  /** Stops at once; open requests are cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      Object answer;
      try {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
        access.check(exchange.getRequestHeaders().getFirst("Authorization"));
        answer =
            apply(RegistryRequest.of(exchange.getRequestMethod(), exchange.getRequestURI(), body));
      } catch (RegistryException e) {
        status = e.status();
        if (status == 401) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"registry\"");
        }
        answer = Map.of("error_code", e.code(), "message", e.getMessage());
      } catch (IOException | RuntimeException e) {
        LOG.atError().setCause(e).log("The registry could not answer");
        status = 500;
        answer = Map.of("error_code", 50001, "message", "Error in the backend data store");
      }
      byte[] bytes =
          answer instanceof RegistryRoutes.RawJson raw
              ? raw.json().getBytes(StandardCharsets.UTF_8)
              : JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Works on a copy, so that a state that cannot be written is as if it had never been. */
  private synchronized Object apply(RegistryRequest request) throws IOException {
    SubjectStore store = new SubjectStore(state);
    Object answer = RegistryRoutes.answer(request, store);
    RegistryState after = store.state();
    if (!after.equals(state)) {
      file.save(after);
      state = after;
    }
    return answer;
  }
}
