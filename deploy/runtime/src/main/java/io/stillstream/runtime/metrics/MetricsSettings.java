package io.stillstream.runtime.metrics;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SecretRedactor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where metrics go beside the management endpoint.
 *
 * @param otlp an OpenTelemetry collector; nothing is sent unless it is given
 */
public record MetricsSettings(Optional<Otlp> otlp) {
  /** Metrics on the management endpoint only. */
  public static MetricsSettings ofEndpoint() {
    return new MetricsSettings(Optional.empty());
  }

  /**
   * A collector that takes OTLP over HTTP, as protobuf.
   *
   * @param url all of it, the path too: usually {@code /v1/metrics} on port 4318
   * @param step how often
   * @param temporality whether counts are since the start or since the step before
   * @param headers of each request; secret
   * @param resourceAttributes beside {@code service.name}, or in its place
   */
  public record Otlp(
      URI url,
      @Default("1m") Duration step,
      @Default("cumulative") Temporality temporality,
      @Default("{}") Map<String, String> headers,
      @Default("{}") Map<String, String> resourceAttributes) {
    public Otlp {
      List<String> errors = new ArrayList<>();
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (!web || url.getHost() == null) {
        errors.add(
            "url must begin with http:// or https:// and name a host, was "
                + SecretRedactor.redact("url", url.toString()));
      } else if (url.getRawUserInfo() != null) {
        // It would not be sent, but it would be logged whenever the collector is away.
        errors.add("url must hold no user; headers.authorization is for credentials");
      }
      if (step.compareTo(Duration.ofSeconds(1)) < 0) {
        errors.add("step must be at least 1s, was " + step.toMillis() + "ms");
      }
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", errors));
      }
    }
  }

  /** What a count is the count of. */
  public enum Temporality {
    /** All since the process began, as Prometheus has it. */
    CUMULATIVE,
    /** What came since the step before. */
    DELTA
  }
}
