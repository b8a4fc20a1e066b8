package io.stillstream.runtime.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.runtime.http.ManagementSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration with everything that a configuration can have. */
record SampleConfig(
    Map<String, String> kafka,
    @Default("sample") String applicationId,
    @Default("1") int threads,
    @Default("64000000") long maxPixels,
    @Default("0.9") double alpha,
    @Default("true") boolean onStop,
    @Default("state") Path stateDir,
    @Default("http://localhost:8081") URI endpoint,
    @Default("fast") Mode mode,
    @Default("[a, b]") List<String> names,
    @Default("{one: 1}") Map<String, Integer> counts,
    Optional<Duration> pause,
    Batch batch,
    @Default("{host: 127.0.0.1, port: 9401}") ManagementSettings management,
    @Default("{}") JsonNode policy) {

  enum Mode {
    FAST,
    VERY_CAREFUL
  }

  record Batch(@Default("128") int maxSize, @Default("50ms") Duration maxDelay) {
    Batch {
      List<String> errors = new ArrayList<>();
      if (maxSize < 1) {
        errors.add("max-size must be at least 1, was " + maxSize);
      }
      if (maxDelay.isNegative()) {
        errors.add("max-delay must be positive, was " + maxDelay.toMillis() + "ms");
      }
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", errors));
      }
    }
  }
}
