package io.stillstream.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry for development: the part of Confluent's REST API that Avro clients use, on
 * loopback, without authentication by default. Ids survive restarts: every change is in the file
 * before it is answered. It may be stopped and started again on the same port and file.
 */
public final class DevelopmentRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

  private final RegistryFile file;
  private final RegistryAccess access;
  private final Server server = new Server();
  private final int port;
  private RegistryState state;

  private DevelopmentRegistry(RegistryFile file, RegistryAccess access, int port) {
    this.file = file;
    this.state = file.load();
    this.access = access;
    this.port = LoopbackPorts.free(port, "schema registry");
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
    DevelopmentRegistry registry = new DevelopmentRegistry(new RegistryFile(file), access, port);
    registry.listen();
    return registry;
  }

  private void listen() {
    ServerConnector connector = access.connector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            answer(request, response, callback);
            return true;
          }
        });
    try {
      server.start();
    } catch (Exception e) {
      throw new EmbeddedException("schema registry port " + port + " cannot be bound: " + e, e);
    }
  }

  /** Value for schema.registry.url. */
  public URI url() {
    return URI.create(access.url(port));
  }

  /** Stops at once; open requests are cut off. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new EmbeddedException("schema registry cannot be stopped: " + e, e);
    }
  }

  private void answer(Request request, Response response, Callback callback) {
    int status = 200;
    Object answer;
    try {
      byte[] body = Content.Source.asInputStream(request).readNBytes(MAX_BODY_BYTES);
      access.check(request.getHeaders().get(HttpHeader.AUTHORIZATION));
      answer = apply(RegistryRequest.of(request.getMethod(), request.getHttpURI().toURI(), body));
    } catch (RegistryException e) {
      status = e.status();
      if (status == 401) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"registry\"");
      }
      answer = Map.of("error_code", e.code(), "message", e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.atError().setCause(e).log("The registry could not answer");
      status = 500;
      answer = Map.of("error_code", 50001, "message", "Error in the backend data store");
    }
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, MEDIA_TYPE);
    response.write(true, ByteBuffer.wrap(json(answer)), callback);
  }

  private static byte[] json(Object answer) {
    try {
      return answer instanceof RegistryRoutes.RawJson raw
          ? raw.json().getBytes(StandardCharsets.UTF_8)
          : JSON.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON can be made of an answer", e);
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
