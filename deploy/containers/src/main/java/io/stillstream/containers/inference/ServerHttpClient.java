package io.stillstream.containers.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/**
 * Asks a server over HTTP/1.1, with a connection for each request: Triton would wait for the end of
 * one that is kept open before it ends itself.
 *
 * @param port on the loopback interface
 */
record ServerHttpClient(int port) {
  private static final int TIMEOUT_MILLIS = 60_000;

  /**
   * An answer.
   *
   * @param body empty if the status is none of success
   */
  record Response(int status, String body) {
    boolean isOk() {
      return status == HttpURLConnection.HTTP_OK;
    }
  }

  Response get(String path) throws IOException {
    return response(open(path));
  }

  /**
   * Posts JSON.
   *
   * @param json may be empty
   */
  Response post(String path, String json) throws IOException {
    HttpURLConnection connection = open(path);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(json.getBytes(UTF_8));
    }
    return response(connection);
  }

  private HttpURLConnection open(String path) throws IOException {
    URI address = URI.create("http://127.0.0.1:" + port + path);
    var connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestProperty("Connection", "close");
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection;
  }

  private static Response response(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status == HttpURLConnection.HTTP_OK
            ? connection.getInputStream()
            : InputStream.nullInputStream()) {
      return new Response(status, new String(in.readAllBytes(), UTF_8));
    } finally {
      connection.disconnect();
    }
  }
}
