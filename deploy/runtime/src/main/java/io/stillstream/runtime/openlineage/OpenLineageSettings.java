package io.stillstream.runtime.openlineage;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SecretRedactor;
import io.stillstream.runtime.config.SettingRanges;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where run events go: to a lineage service over HTTP, or to a file. One of both is given.
 *
 * @param url of a service, as {@code http://marquez:5000}
 * @param endpoint path below it that takes events
 * @param headers of each request; secret
 * @param timeout of a request, from 100 ms to 1 min
 * @param file that events are appended to, one JSON document a line
 * @param namespace of the jobs, and of models that are in no store
 * @param every how often a job that runs reports its offsets; at least 1 s
 */
public record OpenLineageSettings(
    Optional<URI> url,
    @Default("/api/v1/lineage") String endpoint,
    @Default("{}") Map<String, String> headers,
    @Default("5s") Duration timeout,
    Optional<Path> file,
    @Default("stillstream") String namespace,
    @Default("5m") Duration every) {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

  public OpenLineageSettings {
    headers = Map.copyOf(headers);
    List<String> errors = new ArrayList<>();
    if (url.isPresent() == file.isPresent()) {
      errors.add("either url or file is required");
    }
    url.flatMap(OpenLineageSettings::problem).ifPresent(errors::add);
    if (!endpoint.startsWith("/")) {
      errors.add("endpoint must begin with /, was " + endpoint);
    }
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      errors.add("timeout must be between 100ms and 1m, was " + timeout.toMillis() + "ms");
    }
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      errors.add("every must be at least 1s, was " + every.toMillis() + "ms");
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
    SettingRanges.requireText("namespace", namespace);
  }

  private static Optional<String> problem(URI url) {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null) {
      return Optional.of(
          "url must begin with http:// or https:// and name a host, was "
              + SecretRedactor.redact("url", url.toString()));
    }
    return url.getRawUserInfo() == null
        ? Optional.empty()
        : Optional.of("url must hold no user; headers.authorization is for credentials");
  }
}
