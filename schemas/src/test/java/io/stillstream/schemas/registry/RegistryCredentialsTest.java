package io.stillstream.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.wire.AvroSerializer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RegistryCredentialsTest {
  private static final String JAAS =
      "org.apache.kafka.common.security.plain.PlainLoginModule required"
          + " username=\"ann\" password=\"p:w\";";

  private FakeRegistry registry;

  @BeforeEach
  void startRegistry() {
    registry = FakeRegistry.start().registers("t-value", 2);
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  static Stream<Map<String, String>> basic() {
    return Stream.of(
        Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "ann:p:w"),
        Map.of(
            "schema.registry.basic.auth.credentials.source", "user_info",
            "schema.registry.basic.auth.user.info", "ann:p:w"),
        Map.of("basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", JAAS));
  }

  @ParameterizedTest
  @MethodSource("basic")
  void shouldSendUserAndPassword(Map<String, String> settings) {
    // when
    serializer(registry.url(), settings).serialize("t", "hi");

    // then
    assertThat(registry.onlyRequest().header("Authorization")).isEqualTo(header("ann:p:w"));
  }

  @Test
  void shouldTakeUserFromUrlByDefaultAndKeepItOutOfMessages() {
    // given
    String url = registry.url().replace("http://", "http://ann:p%2Fw@");
    registry.next(403, "");
    AvroSerializer serializer = serializer(url, Map.of());

    // when, then
    assertThatThrownBy(() -> serializer.serialize("t", "hi"))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageNotContaining("p%2Fw");
    assertThat(registry.onlyRequest().header("Authorization")).isEqualTo(header("ann:p/w"));
  }

  @Test
  void shouldSendStaticToken() {
    // when
    serializer(
            registry.url(),
            Map.of(
                "bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "abc.def"))
        .serialize("t", "hi");

    // then
    assertThat(registry.onlyRequest().header("Authorization")).isEqualTo("Bearer abc.def");
  }

  static Stream<Map<String, String>> incomplete() {
    return Stream.of(
        Map.of("basic.auth.credentials.source", "USER_INFO"),
        Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "secret"),
        Map.of("basic.auth.credentials.source", "KERBEROS"),
        Map.of("bearer.auth.credentials.source", "STATIC_TOKEN"),
        Map.of("bearer.auth.credentials.source", "CUSTOM"));
  }

  @ParameterizedTest
  @MethodSource("incomplete")
  void shouldRejectIncompleteCredentials(Map<String, String> settings) {
    // when, then
    assertThatThrownBy(() -> serializer(registry.url(), settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching(".*(basic|bearer)\\.auth\\..*")
        .hasMessageNotContaining("secret");
  }

  private static String header(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static AvroSerializer serializer(String url, Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", url);
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(settings, false);
    return serializer;
  }
}
