package io.stillstream.augmenter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchSettingsTest {
  @Test
  void shouldAllowNothingByDefault() {
    // when
    FetchSettings settings = parse("{}");

    // then
    assertThat(settings).isEqualTo(FetchSettings.disabled());
    assertThat(settings.allow()).isEmpty();
    assertThat(settings.store()).isEmpty();
    assertThat(settings.certificates()).isEmpty();
    assertThat(settings.threads()).isEqualTo(32);
    assertThat(settings.maxBytes()).isEqualTo(67_108_864);
    assertThat(settings.maxObjects()).isEqualTo(512);
    assertThat(settings.maxTotalBytes()).isEqualTo(134_217_728);
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shouldReadEveryKey() {
    // when
    FetchSettings settings =
        parse(
            """
            allow:
              - s3://pictures/2026/
              - {prefix: "https://images.example.com/a/", private-addresses: true}
              - prefix: file:///data/
            store:
              endpoint: https://store.example.com
              region: eu-west-1
              path-style: false
              credentials: {access-key: a, secret-key: b}
              certificates: /etc/store.pem
            certificates: /etc/web.pem
            threads: 7
            max-bytes: 1000
            max-objects: 8
            max-total-bytes: 2000
            connect-timeout: 1s
            timeout: 3s
            """);

    // then
    assertThat(settings.allow())
        .containsExactly(
            new AllowedPrefix("s3://pictures/2026/", false),
            new AllowedPrefix("https://images.example.com/a/", true),
            new AllowedPrefix("file:///data/", false));
    ObjectStoreConnection store = settings.store().orElseThrow();
    assertThat(store.endpoint()).contains(URI.create("https://store.example.com"));
    assertThat(store.region()).isEqualTo("eu-west-1");
    assertThat(store.pathStyle()).isFalse();
    assertThat(store.credentials().orElseThrow().accessKey()).contains("a");
    assertThat(store.certificates()).contains(Path.of("/etc/store.pem"));
    assertThat(settings.certificates()).contains(Path.of("/etc/web.pem"));
    assertThat(settings.threads()).isEqualTo(7);
    assertThat(settings.maxBytes()).isEqualTo(1000);
    assertThat(settings.maxObjects()).isEqualTo(8);
    assertThat(settings.maxTotalBytes()).isEqualTo(2000);
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void shouldHaveDefaultsForAStoreOfAws() {
    assertThat(parse("store: {}").store())
        .contains(
            new ObjectStoreConnection(
                Optional.empty(), "us-east-1", true, Optional.empty(), Optional.empty()));
  }

  @Test
  void shouldReportEverythingAtOnceByItsFullName() {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    allow: ["s3://pictures/"]
                    threads: 0
                    max-bytes: 1073741825
                    max-objects: 0
                    max-total-bytes: 7
                    connect-timeout: 0s
                    timeout: -1s
                    """))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("threads: must be within 1 and 1024, was 0")
        .hasMessageContaining("max-bytes: must be within 1 and 1073741824, was 1073741825")
        .hasMessageContaining("max-objects: must be at least 1, was 0")
        .hasMessageContaining("max-total-bytes: must be at least max-bytes, which is 1073741825")
        .hasMessageContaining("connect-timeout: must be positive, was 0ms")
        .hasMessageContaining("timeout: must be positive, was -1000ms")
        .hasMessageContaining("store: is required, because allow has an address of s3");
  }

  @Test
  void shouldRejectAStoreThatIsNoServer() {
    assertThatThrownBy(() -> parse("store: {endpoint: \"ftp://a\", region: \" \"}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("store.endpoint: must be http:// or https:// and a host")
        .hasMessageContaining("store.region: must not be empty");
  }

  @ParameterizedTest
  @CsvSource({
    "https://images.example.com/a, prefix: must end with /",
    "https://images.example.com/?a=/, prefix: must end with /",
    "s3://pictures, 'prefix: must be s3://, a bucket and a key'",
    "s3://Pictures/, 'prefix: must be s3://, a bucket and a key'",
    "https:///a/, prefix: must",
    "https://me:secret@images.example.com/, prefix: must not have a user or a password",
    "https://images.example.com/a/../, prefix: must not have . or .. between slashes",
    "file://host/a/, prefix: must be file:// and an absolute path",
    "file:a/, prefix: must be file:// and an absolute path",
    "ftp://images.example.com/, 'prefix: must begin with s3:, http:, https: or file:'",
    "/data/, 'prefix: must begin with s3:, http:, https: or file:'",
    "https://images.example.com:0/, prefix: must have a port within 1 and 65535"
  })
  void shouldRejectAPrefixThatIsNoFolder(String prefix, String message) {
    assertThatThrownBy(() -> parse("allow: [\"" + prefix + "\"]"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("allow[0]." + message)
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldRejectPrivateAddressesWhereTheyMeanNothingOrContradict() {
    assertThatThrownBy(() -> parse("allow: [{prefix: \"file:///data/\", private-addresses: true}]"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("allow[0].private-addresses: is for prefixes of http and https only");
    assertThatThrownBy(
            () ->
                parse(
                    "allow: [\"http://a.example/x/\","
                        + " {prefix: \"https://A.example:8443/\", private-addresses: true}]"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "allow: has private-addresses for one prefix of a.example, but not for all");
  }

  @Test
  void shouldTellABucketFromAHostOfTheSameName() {
    // when
    FetchSettings settings =
        parse(
            "allow: [\"s3://images/\", {prefix: \"http://images/\", private-addresses: true}]\n"
                + "store: {}");

    // then
    assertThat(settings.allow()).hasSize(2);
  }

  @Test
  void shouldShowWhatIsAllowedAndNoKeys() {
    // when
    FetchSettings settings =
        parse(
            """
            allow: ["s3://pictures/2026/"]
            store: {credentials: {access-key: "visible", secret-key: "hidden"}}
            """);

    // then
    assertThat(YamlSettings.effective(settings))
        .contains("s3://pictures/2026/", "private-addresses")
        .doesNotContain("visible")
        .doesNotContain("hidden");
    assertThat(settings.toString()).doesNotContain("visible").doesNotContain("hidden");
  }

  @Test
  void shouldRefuseUnknownKeys() {
    assertThatThrownBy(() -> parse("alow: []\nstore: {bucket: b}\nallow: [{prefx: a}]"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("alow: unknown key; did you mean allow?")
        .hasMessageContaining("store.bucket: unknown key")
        .hasMessageContaining("allow[0].prefx: unknown key; did you mean prefix?");
  }

  private static FetchSettings parse(String yaml) {
    return YamlSettings.parse(yaml, FetchSettings.class, Map.of());
  }
}
