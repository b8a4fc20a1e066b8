package io.stillstream.embedded.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of a service and its management port.
 *
 * @param fixedPort the management port; empty to read it from the log, which wants the log level
 *     INFO
 */
public record ServiceProcess(JavaProcess process, HttpClient http, OptionalInt fixedPort) {
  private static final Pattern PORT =
      Pattern.compile("management endpoint listens .*?port=\"?(\\d+)");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Whether it runs and is ready; false while it does not answer. */
  public boolean isReady() {
    return get("/health/ready").filter(answer -> answer.statusCode() == 200).isPresent();
  }

  /** Whether it is live; empty while it does not answer. */
  public Optional<Boolean> isLive() {
    return get("/health/live").map(answer -> answer.statusCode() == 200);
  }

  /** The body of its readiness check; empty while it does not answer. */
  public String health() {
    return get("/health/ready").map(HttpResponse::body).orElse("");
  }

  /** Its metrics; none while it does not answer. */
  public MetricsScrape metrics() {
    return MetricsScrape.parse(get("/metrics").map(HttpResponse::body).orElse(""));
  }

  /** The management port, which is open before the service has started; empty until it is. */
  public OptionalInt port() {
    if (!process.isAlive()) {
      return OptionalInt.empty();
    }
    if (fixedPort.isPresent()) {
      return fixedPort;
    }
    Matcher port = PORT.matcher(process.output());
    return port.find() ? OptionalInt.of(Integer.parseInt(port.group(1))) : OptionalInt.empty();
  }

  /** Posts a body; empty if it does not answer. */
  public Optional<HttpResponse<String>> post(String path, byte[] body) {
    return send(path, HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(body)));
  }

  private Optional<HttpResponse<String>> get(String path) {
    return send(path, HttpRequest.newBuilder());
  }

  private Optional<HttpResponse<String>> send(String path, HttpRequest.Builder request) {
    OptionalInt port = port();
    if (port.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create("http://127.0.0.1:" + port.getAsInt() + path);
    try {
      return Optional.of(
          http.send(request.uri(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
