package io.stillstream.containers.prometheus;

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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A real Prometheus with the configuration and the rules of deploy/prometheus, but for its targets
 * and its pace: it scrapes and evaluates every second.
 */
public final class PrometheusServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** The host is the job's name. */
  private static final Pattern TARGETS = Pattern.compile("(?m)^( *- targets: )\\[(\\w+):\\d+\\]$");

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
   * Starts it.
   *
   * @param directory of its files
   * @param project deploy/prometheus
   * @param endpoints host and port of what is scraped, by job; other jobs have no target
   * @param rules what to make of the text of a file of rules
   */
  public static PrometheusServer start(
      Path directory, Path project, Map<String, String> endpoints, UnaryOperator<String> rules)
      throws IOException {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        TARGETS
            .matcher(Files.readString(project.resolve("prometheus.yml")))
            .replaceAll(job -> job.group(1) + "[" + endpoints.getOrDefault(job.group(2), "") + "]")
            .replaceAll("(?m)_interval: 15s$", "_interval: 1s"));
    Path ownRules = Files.createDirectories(directory.resolve("rules"));
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(project.resolve("rules"), "*.yml")) {
      for (Path file : files) {
        Files.writeString(
            ownRules.resolve(file.getFileName()), rules.apply(Files.readString(file)));
      }
    }
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
  public boolean isReady() throws Exception {
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
  public JsonNode data(String path) throws Exception {
    HttpResponse<String> response = send("/api/v1/" + path);
    JsonNode answer = JSON.readTree(response.body());
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(path + ": " + response.body());
    }
    return answer.path("data");
  }

  /** The samples of an expression now. */
  public JsonNode query(String expression) throws Exception {
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
