package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.wire.UnwritableRecordException;
import java.net.ServerSocket;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

final class RecordValueSerializerTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void shouldWriteWithTheSerializerThatIsConfigured() {
    // given
    try (RecordValueSerializer<String> writer =
        new RecordValueSerializer<>(
            Map.of("value.serializer", StringSerializer.class.getName()), registry)) {
      // then
      assertThat(writer.serialize("t", "é")).isEqualTo("é".getBytes(UTF_8));
    }
  }

  @Test
  void shouldPreferWhatIsMeantForTheProducer() {
    // given
    Map<String, String> kafka =
        Map.of(
            "value.serializer", "not.There",
            "producer.value.serializer", StringSerializer.class.getName(),
            "serializer.encoding", "ISO-8859-1");
    try (RecordValueSerializer<String> writer = new RecordValueSerializer<>(kafka, registry)) {
      // then
      assertThat(writer.serialize("t", "é")).isEqualTo(new byte[] {(byte) 0xE9});
    }
  }

  @Test
  void shouldWaitForARegistryThatIsAway() throws Exception {
    // given
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> kafka = Map.of("schema.registry.url", "http://127.0.0.1:" + port);

    // when
    try (RecordValueSerializer<String> writer = new RecordValueSerializer<>(kafka, registry)) {
      // then
      assertThatThrownBy(() -> writer.serialize("t", "a text"))
          .isInstanceOf(RegistryUnavailableException.class);
      assertThat(writer.registryAvailable()).isFalse();
      assertThat(registry.get("stillstream.registry.unavailable").counter().count()).isEqualTo(1);
    }
  }

  @Test
  void shouldNotHideAProgramThatIsWrong() {
    // given
    Map<String, String> kafka = Map.of("schema.registry.url", "http://127.0.0.1:1");

    // then
    try (RecordValueSerializer<Object> writer = new RecordValueSerializer<>(kafka, registry)) {
      assertThatThrownBy(() -> writer.serialize("t", new Thread()))
          .isInstanceOf(SerializationException.class);
      assertThat(writer.registryAvailable()).isTrue();
    }
  }

  @Test
  void shouldTellARecordThatDoesNotFitItsSchemaFromASchemaThatIsRefused() {
    // given
    Map<String, String> kafka = Map.of("value.serializer", Unfit.class.getName());

    // then
    try (RecordValueSerializer<Object> writer = new RecordValueSerializer<>(kafka, registry)) {
      assertThatThrownBy(() -> writer.serialize("t", "unfit"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("it could not be written");
      assertThatThrownBy(() -> writer.serialize("t", "refused"))
          .isExactlyInstanceOf(SerializationException.class);
    }
  }

  /** A serializer that writes nothing. */
  public static final class Unfit implements Serializer<Object> {
    @Override
    public byte[] serialize(String topic, Object data) {
      throw data.equals("unfit")
          ? new UnwritableRecordException("it could not be written", null)
          : new SerializationException("the registry refuses the schema");
    }
  }
}
