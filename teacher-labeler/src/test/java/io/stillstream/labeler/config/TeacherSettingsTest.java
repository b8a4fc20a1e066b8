package io.stillstream.labeler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeacherSettingsTest {
  private static final String SERVED = "{path: /d, url: 'grpc://t:8001', model: m%s}";

  @Test
  void shouldNeedLittleForAServer() {
    // when
    TeacherSettings teacher = parse(SERVED.formatted(""));

    // then
    assertThat(teacher.weight()).isEqualTo(1);
    assertThat(teacher.remote())
        .contains(
            new RemoteTeacherSettings(
                Path.of("/d"),
                URI.create("grpc://t:8001"),
                "m",
                Optional.empty(),
                new TeacherSettings.Tls(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(10),
                4,
                Optional.empty(),
                Optional.empty(),
                64 << 20));
    assertThat(teacher.remote().orElseThrow().isEncrypted()).isFalse();
    assertThat(new TeacherSettings(Path.of("/d"), 1).remote()).isEmpty();
  }

  @Test
  void shouldBindEveryKey() {
    // when
    TeacherSettings teacher =
        parse(
            """
            path: /d
            weight: 2
            url: grpcs://t:8001
            model: m
            version: 3
            tls: {ca: /ca, certificate: /c, key: /k, server-name: s}
            token-file: /t
            timeout: 3s
            in-flight: 8
            input: i
            output: o
            max-message-size: 4000000
            """);

    // then
    assertThat(teacher.weight()).isEqualTo(2);
    assertThat(teacher.remote())
        .contains(
            new RemoteTeacherSettings(
                Path.of("/d"),
                URI.create("grpcs://t:8001"),
                "m",
                Optional.of("3"),
                new TeacherSettings.Tls(
                    Optional.of(Path.of("/ca")),
                    Optional.of(Path.of("/c")),
                    Optional.of(Path.of("/k")),
                    Optional.of("s")),
                Optional.empty(),
                Optional.of(Path.of("/t")),
                Duration.ofSeconds(3),
                8,
                Optional.of("i"),
                Optional.of("o"),
                4_000_000));
    assertThat(teacher.remote().orElseThrow().isEncrypted()).isTrue();
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                parse(
                    """
                    {path: /d, weight: -1, url: "http://t", version: " ", tls: {}, token: "a b",
                     token-file: /t, timeout: 0s, in-flight: 0, max-message-size: 1}
                    """))
        .withMessageContaining("weight: must be positive, was -1.0")
        .withMessageContaining("url: must be grpc://HOST:PORT or grpcs://HOST:PORT, was http://t")
        .withMessageContaining("model: is required with a url")
        .withMessageContaining("version: must not be empty")
        .withMessageContaining("tls: must be left out with a url of grpc://")
        .withMessageContaining("token: must be left out beside token-file")
        .withMessageContaining("token: must be printable ASCII without spaces")
        .withMessageContaining("timeout: must be positive, was 0ms")
        .withMessageContaining("in-flight: must be within 1 and 256, was 0")
        .withMessageContaining("max-message-size: must be within 65536 and 1073741824, was 1");
  }

  @ParameterizedTest
  @CsvSource({
    "grpc://t",
    "grpc://t:0",
    "grpc://t:65536",
    "t:8001",
    "grpc://t:8001/models",
    "grpc://t:8001?a=b"
  })
  void shouldRefuseOtherUrls(String url) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parse("{path: /d, url: '%s', model: m}".formatted(url)))
        .withMessageContaining("url: must be grpc://HOST:PORT or grpcs://HOST:PORT, was " + url);
  }

  @Test
  void shouldNotShowThePasswordOfAUrl() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parse("{path: /d, url: 'grpc://user:secret@t:8001', model: m}"))
        .withMessageContaining("url: must be grpc://HOST:PORT")
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "model, m",
    "version, 1",
    "tls, {}",
    "token, t",
    "token-file, /t",
    "timeout, 1s",
    "in-flight, 1",
    "input, i",
    "output, o",
    "max-message-size, 100000"
  })
  void shouldRefuseWithoutAUrlWhatIsForServers(String key, String value) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parse("{path: /d, %s: %s}".formatted(key, value)))
        .withMessageContaining(key + ": must be left out without a url");
  }

  @Test
  void shouldRefuseAKeyWithoutItsCertificate() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parse("{path: /d, url: 'grpcs://t:8001', model: m, tls: {key: /k}}"))
        .withMessageContaining("tls.certificate: must be given together with key");
  }

  @Test
  void shouldNotShowTheToken() {
    // when
    TeacherSettings teacher = parse(SERVED.formatted(", token: s3cret"));

    // then
    assertThat(teacher.remote().orElseThrow().token()).contains("s3cret");
    assertThat(teacher.toString()).doesNotContain("s3cret");
    assertThat(teacher.remote().orElseThrow().toString()).doesNotContain("s3cret");
    assertThat(YamlSettings.effective(teacher)).contains("m").doesNotContain("s3cret");
  }

  private static TeacherSettings parse(String yaml) {
    return YamlSettings.parse(yaml, TeacherSettings.class, Map.of());
  }
}
