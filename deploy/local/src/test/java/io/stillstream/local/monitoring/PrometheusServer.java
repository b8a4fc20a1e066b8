package io.stillstream.local.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real Prometheus with the configuration of deploy/prometheus, but for its targets, which are all
 * the demo's endpoint, and its pace.
 */
final class PrometheusServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final int port;

  private PrometheusServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * @param endpoint host and port of what is scraped
   */
  static PrometheusServer start(Path directory, String endpoint) throws IOException {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        MonitoringFiles.text(MonitoringFiles.PROMETHEUS.resolve("prometheus.yml"))
            .replaceAll("(?m)^( *- targets: )\\[\\w+:\\d+\\]$", "$1[\"" + endpoint + "\"]")
            .replaceAll("(?m)_interval: 15s$", "_interval: 1s")
            .replace("- rules/*.yml", "- " + MonitoringFiles.PROMETHEUS + "/rules/*.yml"));
    int port = freePort();
    Path log = directory.resolve("prometheus.log");
    Process process =
        PrometheusTool.PROMETHEUS.start(
            log,
            "--config.file=" + config,
            "--storage.tsdb.path=" + directory.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port);
    return new PrometheusServer(process, log, port);
  }

  /** Whether it has started; fails if it has died of that. */
  boolean isReady() throws Exception {
    if (!process.isAlive()) {
      throw new AssertionError("Prometheus ended:\n" + Files.readString(log));
    }
    try {
      return send("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What its API says. */
  JsonNode data(String path) throws Exception {
    HttpResponse<String> response = send("/api/v1/" + path);
    JsonNode answer = JSON.readTree(response.body());
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(path + ": " + response.body());
    }
    return answer.path("data");
  }

  /** The samples of an expression now. */
  JsonNode query(String expression) throws Exception {
    return data("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .path("result");
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }

  private HttpResponse<String> send(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Prometheus 2 does not say which port it took, so that it has to be told one. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
