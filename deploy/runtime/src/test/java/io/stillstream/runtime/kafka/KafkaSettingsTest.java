package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class KafkaSettingsTest {
  private static final Map<String, String> MINIMAL = Map.of("bootstrap.servers", "b:9092");

  @Test
  void shouldReadCommittedBytesAndNeverCommitByItself() {
    assertThat(KafkaSettings.consumer(MINIMAL, Map.of("group.id", "g")))
        .containsOnly(
            Map.entry("bootstrap.servers", "b:9092"),
            Map.entry("client.id", "stillstream-consumer"),
            Map.entry("group.id", "g"),
            Map.entry("isolation.level", "read_committed"),
            Map.entry("enable.auto.commit", "false"),
            Map.entry("auto.offset.reset", "earliest"),
            Map.entry("group.protocol", "classic"),
            Map.entry("max.partition.fetch.bytes", "8388608"),
            Map.entry("fetch.max.bytes", "67108864"),
            Map.entry("key.deserializer", ByteArrayDeserializer.class),
            Map.entry("value.deserializer", ByteArrayDeserializer.class));
  }

  @Test
  void shouldProduceBytesIdempotently() {
    assertThat(KafkaSettings.producer(MINIMAL, Map.of()))
        .containsOnly(
            Map.entry("bootstrap.servers", "b:9092"),
            Map.entry("client.id", "stillstream-producer"),
            Map.entry("enable.idempotence", "true"),
            Map.entry("acks", "all"),
            Map.entry("linger.ms", "20"),
            Map.entry("batch.size", "524288"),
            Map.entry("buffer.memory", "67108864"),
            Map.entry("compression.type", "none"),
            Map.entry("max.request.size", "8388608"),
            Map.entry("key.serializer", ByteArraySerializer.class),
            Map.entry("value.serializer", ByteArraySerializer.class));
  }

  @Test
  void shouldLetTheMoreParticularWin() {
    // given
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers", "b:9092",
            "client.id", "all",
            "producer.client.id", "writer",
            "linger.ms", "5",
            "fetch.max.bytes", "1",
            "consumer.fetch.max.bytes", "2",
            "admin.client.id", "boss");

    // then
    assertThat(KafkaSettings.consumer(kafka, Map.of()))
        .containsEntry("client.id", "all-consumer")
        .containsEntry("fetch.max.bytes", "2");
    assertThat(KafkaSettings.producer(kafka, Map.of("linger.ms", "7")))
        .containsEntry("client.id", "writer")
        .containsEntry("linger.ms", "7");
    assertThat(KafkaSettings.admin(kafka))
        .containsOnly(Map.entry("bootstrap.servers", "b:9092"), Map.entry("client.id", "boss"));
  }

  @Test
  void shouldKeepFromClientsWhatIsNotTheirs() {
    // given
    Map<String, String> kafka =
        Map.ofEntries(
            Map.entry("bootstrap.servers", "b:9092"),
            Map.entry("schema.registry.url", "http://r"),
            Map.entry("schema.registry.ssl.truststore.location", "x"),
            Map.entry("basic.auth.user.info", "u:p"),
            Map.entry("bearer.auth.token", "t"),
            Map.entry("auto.register.schemas", "false"),
            Map.entry("use.latest.version", "true"),
            Map.entry("value.subject.name.strategy", "x"),
            Map.entry("specific.avro.reader", "true"),
            Map.entry("max.retries", "1"),
            Map.entry("stillstream.unknown.id.timeout.ms", "1"),
            Map.entry("value.deserializer", "x.Y"),
            Map.entry("value.serializer", "x.Y"),
            Map.entry("max.poll.records", "5"),
            Map.entry("my.interceptor.key", "z"),
            Map.entry("retries", "9"));

    // then
    assertThat(KafkaSettings.admin(kafka))
        .containsOnlyKeys("bootstrap.servers", "client.id", "my.interceptor.key", "retries");
    assertThat(KafkaSettings.consumer(kafka, Map.of()))
        .containsEntry("value.deserializer", ByteArrayDeserializer.class)
        .containsEntry("max.poll.records", "5")
        .doesNotContainKeys("value.serializer", "schema.registry.url", "retries");
    assertThat(KafkaSettings.producer(kafka, Map.of()))
        .containsEntry("value.serializer", ByteArraySerializer.class)
        .doesNotContainKeys("max.poll.records", "basic.auth.user.info");
    assertThat(KafkaSettings.serde(kafka, "consumer.")).containsAllEntriesOf(kafka);
  }

  @Test
  void shouldGiveStreamsTheSizesThatAreNotWritten() {
    // given
    Map<String, String> kafka =
        Map.of("linger.ms", "1", "consumer.max.poll.records", "5", "producer.batch.size", "9");

    // then
    assertThat(KafkaSettings.streams(kafka, Map.of("application.id", "a")))
        .containsEntry("application.id", "a")
        .containsEntry("consumer.max.poll.records", "5")
        .containsEntry("consumer.max.partition.fetch.bytes", "8388608")
        .containsEntry("producer.max.request.size", "8388608")
        .containsEntry("producer.batch.size", "9")
        .containsEntry("linger.ms", "1")
        .doesNotContainKeys("producer.linger.ms", "producer.acks", "consumer.isolation.level");
  }

  @Test
  void shouldNameASettingThatKafkaRefuses() {
    assertThatThrownBy(() -> KafkaSettings.consumer(MINIMAL, Map.of("max.poll.records", "many")))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.max.poll.records: ")
        .hasMessageContaining("many");
    assertThatThrownBy(() -> KafkaSettings.producer(MINIMAL, Map.of("acks", "some")))
        .hasMessageStartingWith("kafka.acks: ");
  }

  @Test
  void shouldNotQuoteASecretThatKafkaRefuses() {
    // given
    Map<String, String> kafka = Map.of("bootstrap.servers", "b:1");

    // then
    assertThatThrownBy(
            () -> KafkaSettings.consumer(kafka, Map.of("ssl.keystore.type", List.of("hunter2"))))
        .isInstanceOf(StartupException.class)
        .hasMessage("kafka.ssl.keystore.type: Kafka does not accept its value");
  }

  @Test
  void shouldNameASettingThatAClientRefuses() {
    // given
    Map<String, Object> unresolvable =
        KafkaSettings.consumer(Map.of("bootstrap.servers", "nobody.invalid:1"), Map.of());
    Map<String, Object> contradictory =
        KafkaSettings.producer(Map.of("bootstrap.servers", "localhost:1", "acks", "1"), Map.of());

    // then
    assertThatThrownBy(
            () -> KafkaSettings.client(() -> new KafkaConsumer<byte[], byte[]>(unresolvable)))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.bootstrap.servers: ");
    assertThatThrownBy(
            () -> KafkaSettings.client(() -> new KafkaProducer<byte[], byte[]>(contradictory)))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.acks: ");
  }
}
