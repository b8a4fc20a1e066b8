package io.stillstream.runtime.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.SecretRedactor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenLineageSettingsTest {
  private record Sample(Optional<OpenLineageSettings> openlineage) {}

  @Test
  void shouldBeOffByDefaultAndHaveDefaults() {
    assertThat(parse("{}")).isEmpty();
    assertThat(parse("{openlineage: {file: /tmp/events}}"))
        .contains(
            new OpenLineageSettings(
                Optional.empty(),
                "/api/v1/lineage",
                Map.of(),
                Duration.ofSeconds(5),
                Optional.of(Path.of("/tmp/events")),
                "stillstream",
                Duration.ofMinutes(5)));
  }

  @Test
  void shouldBindEveryKey() {
    assertThat(
            parse(
                "{openlineage: {url: 'https://m:5000', endpoint: /l, headers: {a: b}, timeout: 1s,"
                    + " namespace: n, every: 2s}}"))
        .contains(
            new OpenLineageSettings(
                Optional.of(URI.create("https://m:5000")),
                "/l",
                Map.of("a", "b"),
                Duration.ofSeconds(1),
                Optional.empty(),
                "n",
                Duration.ofSeconds(2)));
  }

  @Test
  void shouldReportAllErrors() {
    assertThatThrownBy(
            () ->
                parse(
                    "{openlineage: {url: 'ftp://m', file: f, endpoint: l, timeout: 5m, every: 0s}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("either url or file is required")
        .hasMessageContaining(
            "openlineage.url: must begin with http:// or https:// and name a host, was ftp://m")
        .hasMessageContaining("openlineage.endpoint: must begin with /, was l")
        .hasMessageContaining("openlineage.timeout: must be between 100ms and 1m, was 300000ms")
        .hasMessageContaining("openlineage.every: must be at least 1s, was 0ms");
    assertThatThrownBy(() -> parse("{openlineage: {}}"))
        .hasMessageContaining("either url or file is required");
    assertThatThrownBy(() -> parse("{openlineage: {url: 'http://me:pw@m'}}"))
        .hasMessageContaining("headers.authorization is for credentials");
  }

  @Test
  void shouldTreatHeadersAsSecret() {
    assertThat(SecretRedactor.isSecret("openlineage.headers.x")).isTrue();
  }

  private static Optional<OpenLineageSettings> parse(String yaml) {
    return YamlSettings.parse(yaml, Sample.class, Map.of()).openlineage();
  }
}
