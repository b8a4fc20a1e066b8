package io.stillstream.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.FakeRegistry.Request;
import io.stillstream.schemas.wire.AvroDeserializer;
import io.stillstream.schemas.wire.AvroSerializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the serializers say to a registry over the wire, and what they make of its answers. */
final class RegistryTransportTest {
  private static final byte[] HI = HexFormat.of().parseHex("0000000002046869");

  private final List<Duration> waits = new ArrayList<>();
  private FakeRegistry registry;
  private FakeRegistry other;

  @BeforeEach
  void startRegistries() {
    registry = FakeRegistry.start();
    other = FakeRegistry.start();
  }

  @AfterEach
  void stopRegistries() {
    registry.close();
    other.close();
  }

  @Test
  void shouldAskForIdAsConfluentDoes() {
    // given
    registry.schema(2, "\"string\"");

    // when
    Object read = deserializer(Map.of()).deserialize("t", HI);

    // then
    assertThat(read).isEqualTo("hi");
    Request request = registry.onlyRequest();
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.path()).isEqualTo("/schemas/ids/2?fetchMaxId=false&subject=t-value");
    assertThat(request.header("Accept")).isEqualTo("application/vnd.schemaregistry.v1+json");
    assertThat(request.header("Content-Type")).isEqualTo("application/vnd.schemaregistry.v1+json");
    assertThat(request.header("Authorization")).isEmpty();
  }

  @Test
  void shouldKeepBasePathAndEncodeSubject() {
    // given
    registry.on("/apis/ccompat/v7/subjects/a%2Fb%20c%3F-value/versions", 200, "{\"id\":2}");

    // when
    byte[] written =
        serializer(Map.of("schema.registry.url", registry.url() + "/apis/ccompat/v7/"))
            .serialize("a/b c?", "hi");

    // then
    assertThat(written).isEqualTo(HI);
    assertThat(registry.onlyRequest().path())
        .isEqualTo("/apis/ccompat/v7/subjects/a%2Fb%20c%3F-value/versions?normalize=false");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void shouldRetryWithJitterUntilAnswered(int status) {
    // given
    registry.next(status, "").next(status, "{\"error_code\":50001}").schema(2, "\"string\"");

    // when
    Object read = deserializer(Map.of()).deserialize("t", HI);

    // then
    assertThat(read).isEqualTo("hi");
    assertThat(registry.requests()).hasSize(3);
    assertThat(waits).hasSize(2);
    assertThat(waits.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(waits.get(1)).isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void shouldBeUnavailableAfterAllRetries() {
    // given
    registry.next(503, "").next(503, "").next(503, "").next(503, "").schema(2, "\"string\"");
    AvroDeserializer deserializer = deserializer(Map.of());

    // when, then
    assertThatThrownBy(() -> deserializer.deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(registry.url() + " answered 503")
        .hasMessageContaining("4 attempts");
    assertThat(registry.requests()).hasSize(4);
    assertThat(deserializer.deserialize("t", HI)).isEqualTo("hi");
  }

  @Test
  void shouldNotRetryIfSoConfigured() {
    // given
    registry.next(500, "");

    // when, then
    assertThatThrownBy(() -> deserializer(Map.of("max.retries", "0")).deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class);
    assertThat(registry.requests()).hasSize(1);
    assertThat(waits).isEmpty();
  }

  @Test
  void shouldBeUnavailableWhenNoServerListens() throws IOException {
    // given
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String url = "http://localhost:" + free;

    // when, then
    assertThatThrownBy(
            () ->
                deserializer(Map.of("schema.registry.url", url, "max.retries", 1))
                    .deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(url)
        .hasCauseInstanceOf(IOException.class);
    assertThat(waits).hasSize(1);
  }

  @Test
  void shouldBeUnavailableWhenAnswerDoesNotCome() throws IOException {
    // given
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, Object> settings =
          Map.of(
              "schema.registry.url", "http://localhost:" + silent.getLocalPort(),
              "http.read.timeout.ms", 50,
              "max.retries", 0);

      // when, then
      assertThatThrownBy(() -> deserializer(settings).deserialize("t", HI))
          .isInstanceOf(RegistryUnavailableException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void shouldBeUnavailableAtOnceWhenDenied(int status) {
    // given
    registry.next(status, "{\"error_code\":" + status + ",\"message\":\"no\"}");

    // when, then
    assertThatThrownBy(() -> deserializer(Map.of()).deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("denies access");
    assertThat(registry.requests()).hasSize(1);
  }

  @Test
  void shouldSkipTheUrlThatDeniesAccess() {
    // given
    registry.next(401, "").next(401, "").next(401, "");
    other.schema(2, "\"string\"").schema(3, "\"string\"");
    String both = registry.url() + "," + other.url();
    AvroDeserializer deserializer = deserializer(both);

    // when
    deserializer.deserialize("t", HI);
    deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 3, 0});

    // then
    assertThat(registry.requests()).hasSize(1);
    assertThat(other.requests()).hasSize(2);

    // when, then
    other.next(403, "");
    assertThatThrownBy(() -> deserializer(both).deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("denies access")
        .hasMessageContaining(registry.url() + " answered 401 to no credentials")
        .hasMessageContaining(other.url() + " answered 403 to no credentials");
    assertThat(waits).isEmpty();
  }

  @Test
  void shouldKeepTryingTheUnavailableUrlWhileTheOtherDenies() {
    // given
    registry.next(401, "").next(401, "");
    other.next(503, "").schema(2, "\"string\"");

    // when
    Object read = deserializer(registry.url() + "," + other.url()).deserialize("t", HI);

    // then
    assertThat(read).isEqualTo("hi");
    assertThat(waits).hasSize(1);
  }

  @Test
  void shouldKeepAPasswordThatMakesAUrlImproperOutOfMessages() {
    // when, then
    assertThatThrownBy(() -> deserializer("http://ann:pass/word@localhost:8081"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("http://localhost:8081")
        .hasMessageNotContaining("pass");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404|<html>default backend</html>", "404|{\"message\":\"no such route\"}",
            "200|<html>log in</html>",
        "200|[]", "200|{\"version\":1}", "405|"
      })
  void shouldBeUnavailableWhenSomethingElseAnswers(int status, String body) {
    // given
    registry.next(status, body == null ? "" : body);

    // when, then
    assertThatThrownBy(() -> serializer(Map.of()).serialize("t", "hi"))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @ParameterizedTest
  @CsvSource({"422, 42201", "404, 40401"})
  void shouldFailForGoodWhenRegistryRejects(int status, int code) {
    // given
    registry.next(status, "{\"error_code\":" + code + ",\"message\":\"because\"}");

    // when, then
    assertThatThrownBy(() -> serializer(Map.of()).serialize("t", "hi"))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("t-value")
        .hasMessageContaining(code + " because");
    assertThat(registry.requests()).hasSize(1);
  }

  @Test
  void shouldFailForGoodWhenTheSchemaIsIncompatible() {
    // given
    String refusal = "{\"error_code\":409,\"message\":\"because\"}";
    registry.next(409, refusal).next(409, refusal);

    // when, then
    assertThatThrownBy(() -> serializer(Map.of()).serialize("t", "hi"))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("t-value")
        .hasMessageContaining("409 because");
    assertThat(registry.requests()).hasSize(2);
  }

  @Test
  void shouldUseTheIdOfAConcurrentRegistration() {
    // given
    registry
        .next(409, "{\"error_code\":409,\"message\":\"already exists\"}")
        .next(200, "{\"id\":2}");

    // when
    byte[] written = serializer(Map.of()).serialize("t", "hi");

    // then
    assertThat(written).isEqualTo(HI);
    assertThat(registry.requests()).hasSize(2);
  }

  @Test
  void shouldFailOverAndKeepTheUrlThatAnswered() {
    // given
    registry.next(503, "").schema(2, "\"string\"");
    other.schema(2, "\"string\"").schema(3, "\"string\"");
    AvroDeserializer deserializer =
        deserializer(Map.of("schema.registry.url", registry.url() + ", " + other.url()));

    // when
    deserializer.deserialize("t", HI);
    deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 3, 0});

    // then
    assertThat(registry.requests()).hasSize(1);
    assertThat(other.requests()).hasSize(2);
    assertThat(waits).isEmpty();
  }

  @Test
  void shouldFailOverFromUrlWhereNoServerListens() {
    // given
    String gone = registry.url();
    registry.close();
    other.schema(2, "\"string\"");

    // when
    Object read =
        deserializer(Map.of("schema.registry.url", gone + "," + other.url())).deserialize("t", HI);

    // then
    assertThat(read).isEqualTo("hi");
  }

  @Test
  void shouldReadSchemaWithReferences() {
    // given
    registry
        .on(
            "/schemas/ids/2",
            200,
            """
            {"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"Outer\\",\\"fields\\":[{\\"name\\":\\"inner\\",\\"type\\":\\"Inner\\"}]}",
             "references":[{"name":"Inner","subject":"inner","version":4}]}
            """)
        .on(
            "/subjects/inner/versions/4",
            200,
            """
            {"id":1,"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"Inner\\",\\"fields\\":[{\\"name\\":\\"s\\",\\"type\\":\\"string\\"}]}"}
            """);

    // when
    Object read = deserializer(Map.of()).deserialize("t", HI);

    // then
    assertThat(read).hasToString("{\"inner\": {\"s\": \"hi\"}}");
  }

  @Test
  void shouldRejectSchemaThatIsNotAvro() {
    // given
    registry.on("/schemas/ids/2", 200, "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}");

    // when, then
    assertThatThrownBy(() -> deserializer(Map.of()).deserialize("t", HI))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("JSON, not AVRO");
  }

  @Test
  void shouldKeepInterruptWhenWaitIsInterrupted() {
    // given
    registry.next(503, "");
    AvroDeserializer deserializer =
        new AvroDeserializer(
            duration -> {
              throw new InterruptedException();
            },
            System::nanoTime);
    deserializer.configure(settings(Map.of()), false);

    // when, then
    assertThatThrownBy(() -> deserializer.deserialize("t", HI))
        .isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost:8081", "ftp://localhost", "http://"})
  void shouldRejectUrl(String url) {
    // when, then
    assertThatThrownBy(() -> deserializer(Map.of("schema.registry.url", url)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("schema.registry.url");
  }

  private AvroSerializer serializer(Map<String, ?> settings) {
    AvroSerializer serializer = new AvroSerializer(waits::add);
    serializer.configure(settings(settings), false);
    return serializer;
  }

  private AvroDeserializer deserializer(String url) {
    return deserializer(Map.of("schema.registry.url", url));
  }

  private AvroDeserializer deserializer(Map<String, ?> settings) {
    AvroDeserializer deserializer = new AvroDeserializer(waits::add, System::nanoTime);
    deserializer.configure(settings(settings), false);
    return deserializer;
  }

  private Map<String, Object> settings(Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(Map.of("schema.registry.url", registry.url()));
    settings.putAll(more);
    return settings;
  }
}
