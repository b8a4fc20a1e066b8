package io.stillstream.runtime.http;

import java.nio.channels.SeekableByteChannel;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that one service answers on the management port, beside what every service answers. The
 * path is matched exactly, but for segments in braces, {@code /releases/{version}/promote}, which
 * stand for any one: what was there is a parameter of that name. The reply is JSON, unless its body
 * is a {@link BinaryBody} or a {@link FileBody}.
 *
 * @param method GET or POST
 * @param path begins with a slash
 * @param maxBytes longest body that is read; a longer one is answered with 413, unread
 * @param kind what it does
 * @param handler may take its time: health and metrics are answered by other threads
 */
public record HttpEndpoint(String method, String path, int maxBytes, Kind kind, Handler handler) {
  public HttpEndpoint {
    if (!method.equals("GET") && !method.equals("POST")) {
      throw new IllegalArgumentException("method must be GET or POST, was " + method);
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path must begin with a slash, was " + path);
    }
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes must not be negative, was " + maxBytes);
    }
  }

  /** That answers. */
  public HttpEndpoint(String method, String path, int maxBytes, Handler handler) {
    this(method, path, maxBytes, Kind.ANSWER, handler);
  }

  /** What an endpoint does. */
  public enum Kind {
    /** Answers. */
    ANSWER,
    /**
     * Changes what the service does. Only for the user of {@code management.basic}: where the
     * settings name none, and for requests of other sites' pages, the answer is 403.
     */
    CHANGE,
    /** Answers with a {@link FileBody}, which may take its time; has a queue of its own. */
    DOWNLOAD
  }

  /**
   * The body of a reply that is a file, sent piece by piece.
   *
   * @param type content type
   * @param name of the file, for those who save it: letters, digits, dots and hyphens
   * @param sha256 of the whole file, in hex; it is the ETag
   * @param file is closed when the reply has been sent, or cannot be
   */
  public record FileBody(String type, String name, String sha256, SeekableByteChannel file) {}

  /** Answers requests, several at a time; what it throws becomes a 500 and a line in the log. */
  public interface Handler {
    Reply handle(Request request) throws InterruptedException;
  }

  /**
   * A request. Parameters are those of the query, decoded, of a repeated one the last; and those of
   * the path, as they stand in it.
   */
  public static final class Request {
    private final String contentType;
    private final Map<String, String> parameters;
    private final Map<String, String> headers;
    private final byte[] body;

    /** Without headers. Takes the array over, it does not copy. */
    public Request(String contentType, Map<String, String> parameters, byte[] body) {
      this(contentType, parameters, Map.of(), body);
    }

    /**
     * Takes the array over, it does not copy.
     *
     * @param headers by their names in lower case
     */
    public Request(
        String contentType,
        Map<String, String> parameters,
        Map<String, String> headers,
        byte[] body) {
      this.contentType = contentType;
      this.parameters = Map.copyOf(parameters);
      this.headers = Map.copyOf(headers);
      this.body = body;
    }

    /** Media type without parameters, in lower case; empty if the client names none. */
    public String contentType() {
      return contentType;
    }

    public Optional<String> parameter(String name) {
      return Optional.ofNullable(parameters.get(name));
    }

    /** Value of a header; of a repeated one the last. */
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public byte[] body() {
      return body;
    }
  }

  /**
   * A reply.
   *
   * @param body whatever Jackson makes JSON of: records, maps, lists; or a {@link BinaryBody}, or a
   *     {@link FileBody}
   */
  public record Reply(int status, Object body) {
    public static Reply ok(Object body) {
      return new Reply(200, body);
    }

    /** {@code {"error": message}}. */
    public static Reply error(int status, String message) {
      return new Reply(status, Map.of("error", message));
    }
  }
}
