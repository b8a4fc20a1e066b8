package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordValueDeserializerTest {
  /** Answers as the test wants; made by class name, as Kafka makes them. */
  public static final class Scripted implements Deserializer<Object> {
    private Map<String, ?> settings = Map.of();

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
      this.settings = settings;
      if (settings.containsKey("refused")) {
        throw new ConfigException("schema.registry.url", "x", "must be a URL");
      }
    }

    @Override
    public Object deserialize(String topic, byte[] data) {
      Object answer = settings.get("answer");
      Object result = answer instanceof Supplier<?> supplier ? supplier.get() : answer;
      if (result instanceof RuntimeException failure) {
        throw failure;
      }
      return result;
    }
  }

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, Object> kafka =
      new HashMap<>(Map.of("value.deserializer", Scripted.class.getName()));

  @Test
  void shouldReadWithTheDeserializerThatIsConfigured() {
    // given
    kafka.put("answer", "the record");

    // then
    assertThat(read()).isEqualTo("the record");
  }

  @Test
  void shouldHandAllSettingsOnAndAddItsOwn() {
    // given
    kafka.put("schema.registry.url", "http://r");
    kafka.put("consumer.basic.auth.user.info", "u:p");
    kafka.put("http.read.timeout.ms", "77");
    Map<String, Object> seen = new HashMap<>();

    // when
    Scripted deserializer = (Scripted) SerdeFactory.deserializer(kafka);
    seen.putAll(deserializer.settings);

    // then
    assertThat(seen)
        .containsEntry("schema.registry.url", "http://r")
        .containsEntry("basic.auth.user.info", "u:p")
        .containsEntry("specific.avro.reader", "true")
        .containsEntry("max.retries", "0")
        .containsEntry("http.read.timeout.ms", "77");
  }

  @Test
  void shouldCallARecordBadThatIsNone() {
    // given
    kafka.put("answer", new SerializationException("unknown magic byte"));

    // then
    assertBad("malformed", "unknown magic byte");
    assertThat(registry.get("stillstream.registry.unavailable").counter().count()).isZero();
  }

  @Test
  void shouldCallARecordBadThatIsAnother() {
    // given
    kafka.put("answer", 5);

    // then
    assertBad("wrong_type", "expected java.lang.String, was java.lang.Integer");
  }

  @Test
  void shouldCallARecordBadThatIsEmpty() {
    // given
    RecordValueDeserializer<String> reader =
        new RecordValueDeserializer<>(String.class, kafka, registry);

    // then
    assertThatThrownBy(() -> reader.deserialize("t", new RecordHeaders(), null))
        .isInstanceOfSatisfying(
            BadRecordException.class, e -> assertThat(e.reason()).isEqualTo("empty"));
  }

  @Test
  void shouldWaitForTheRegistry() {
    // given
    Object[] answer = {new RegistryUnavailableException("away")};
    kafka.put("answer", (Supplier<Object>) () -> answer[0]);
    RecordValueDeserializer<String> reader =
        new RecordValueDeserializer<>(String.class, kafka, registry);
    assertThat(reader.registryAvailable()).isTrue();

    // then
    assertThatThrownBy(() -> reader.deserialize("t", new RecordHeaders(), new byte[1]))
        .isSameAs(answer[0]);
    assertThat(reader.registryAvailable()).isFalse();
    assertThat(registry.get("stillstream.registry.unavailable").counter().count()).isEqualTo(1);

    // when
    answer[0] = "back";

    // then
    assertThat(reader.deserialize("t", new RecordHeaders(), new byte[1])).isEqualTo("back");
    assertThat(reader.registryAvailable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 408, 429, 500, 503})
  void shouldWaitForConfluentsRegistryWhateverAilsIt(int status) {
    // given
    kafka.put("answer", new SerializationException("x", new RestClientException("y", status)));

    // then
    assertThatThrownBy(this::read).isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void shouldWaitWhereTheNetworkFails() {
    for (Throwable cause :
        new Throwable[] {
          new ConnectException("refused"),
          new HttpTimeoutException("late"),
          new SSLHandshakeException("bad certificate"),
          new InterruptException("stopping", new InterruptedException())
        }) {
      // given
      kafka.put("answer", new SerializationException("x", new IllegalStateException(cause)));

      // then
      assertThatThrownBy(this::read).isInstanceOf(RegistryUnavailableException.class);
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void shouldCallARecordBadThatConfluentsRegistryRefuses() {
    // given
    kafka.put("answer", new SerializationException("x", new RestClientException("y", 404)));

    // then
    assertBad("malformed", "x");
  }

  @Test
  void shouldNameADeserializerThatCannotBeMade() {
    assertThatThrownBy(() -> reader("value.deserializer", "not.There"))
        .isInstanceOf(StartupException.class)
        .hasMessage("kafka.value.deserializer: there is no class not.There");
    assertThatThrownBy(() -> reader("value.deserializer", "java.lang.Object"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.value.deserializer: must be a Deserializer");
    kafka.put("value.deserializer", Scripted.class);
    assertThatThrownBy(() -> reader("refused", "x"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.schema.registry.url: ");
  }

  @Test
  void shouldReadWithOursByDefault() {
    // given
    kafka.remove("value.deserializer");
    kafka.put("schema.registry.url", "http://localhost:1");

    // then
    assertBad("malformed", null);
  }

  private String read() {
    try (RecordValueDeserializer<String> reader =
        new RecordValueDeserializer<>(String.class, kafka, registry)) {
      return reader.deserialize("t", new RecordHeaders(), "not Avro".getBytes(UTF_8));
    }
  }

  private RecordValueDeserializer<String> reader(String key, String value) {
    kafka.put(key, value);
    return new RecordValueDeserializer<>(String.class, kafka, registry);
  }

  private void assertBad(String reason, String message) {
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            BadRecordException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getMessage()).contains(message == null ? "" : message);
            });
  }
}
