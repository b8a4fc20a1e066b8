package io.stillstream.faults.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of a service, with what its management port says. */
public record ServiceInstance(ManagedProcess part, HttpClient http) {
  private static final Pattern PORT = Pattern.compile("management\\.port=\"?(\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Whether it runs and calls itself ready; false while nobody answers. */
  public boolean isReady() {
    return ask("/health/ready").filter(answer -> answer.statusCode() == 200).isPresent();
  }

  /** Whether it calls itself alive; empty while nobody answers. */
  public Optional<Boolean> isLive() {
    return ask("/health/live").map(answer -> answer.statusCode() == 200);
  }

  /** What it says of its readiness; empty while nobody answers. */
  public String health() {
    return ask("/health/ready").map(HttpResponse::body).orElse("");
  }

  /** Its metrics; none while nobody answers. */
  public MetricsScrape metrics() {
    return new MetricsScrape(ask("/metrics").map(HttpResponse::body).orElse(""));
  }

  /** The port that it listens on; empty while it does not run. */
  public OptionalInt port() {
    Matcher port = PORT.matcher(part.outputSinceStart());
    return part.isAlive() && port.find()
        ? OptionalInt.of(Integer.parseInt(port.group(1)))
        : OptionalInt.empty();
  }

  /** Sends something to it; empty if it does not answer. */
  public Optional<HttpResponse<String>> post(String path, byte[] body) {
    return send(path, HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(body)));
  }

  private Optional<HttpResponse<String>> ask(String path) {
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
          http.send(
              request.uri(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
