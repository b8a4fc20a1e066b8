package io.stillstream.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers of the management endpoint. To HEAD, the server leaves out the body. */
final class HttpResponses {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LONGEST_DRAIN = 16 << 20;
  private static final String RETRY_SECONDS = "2";

  private HttpResponses() {}

  static void send(Response response, Callback callback, int status, String type, byte[] body) {
    ClientDeadline.begin(response.getRequest());
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  static void json(Response response, Callback callback, int status, Object body) {
    try {
      send(response, callback, status, "application/json", JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON can be made of the answer", e);
    }
  }

  /** As {@link #json}; with 503, the answer says when to ask again. */
  static void reply(Response response, Callback callback, HttpEndpoint.Reply reply) {
    if (reply.status() == 503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
    }
    if (reply.body() instanceof BinaryBody binary) {
      send(response, callback, reply.status(), binary.type(), binary.bytes());
    } else if (reply.body() instanceof HttpEndpoint.FileBody file) {
      FileDownload.send(response, callback, file);
    } else {
      json(response, callback, reply.status(), reply.body());
    }
  }

  /**
   * An error. The request's body is read first and dropped, if it is not too long: a client that
   * still sends would lose the answer with its connection.
   */
  static void error(
      Request request, Response response, Callback callback, int status, String message) {
    Runnable reply = () -> reply(response, callback, HttpEndpoint.Reply.error(status, message));
    if (request.getLength() > LONGEST_DRAIN) {
      reply.run();
    } else {
      ClientDeadline.begin(request);
      Content.Source.consumeAll(request, Callback.from(reply, failure -> reply.run()));
    }
  }

  /** What the server itself says of requests that it cannot read, and of failures. */
  static final class ServerErrors extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
      return true;
    }

    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        String message,
        Throwable cause,
        Callback callback) {
      json(response, callback, code, Map.of("error", code >= 500 ? "internal error" : message));
    }
  }
}
