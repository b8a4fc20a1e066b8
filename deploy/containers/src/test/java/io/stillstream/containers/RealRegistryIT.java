package io.stillstream.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.wire.AvroDeserializer;
import io.stillstream.schemas.wire.AvroSerializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The serializers of {@code schemas} against a registry that is not ours. */
@Tag("containers")
@RequiresTool(ExternalTool.DOCKER)
class RealRegistryIT {
  private static ContainerRegistry registry;

  private String topic;

  @BeforeAll
  static void open() {
    registry = ContainerRegistry.open();
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @BeforeEach
  void takeATopicOfItsOwn() {
    topic = "images-" + UUID.randomUUID();
  }

  @Test
  void shouldRegisterAndReadBackWithAnotherClient() {
    // given
    ImageEvent event = event("cat");

    // when
    byte[] record = serializer(registry, Map.of()).serialize(topic, event);
    Object read = deserializer(Map.of()).deserialize(topic, record);

    // then
    assertThat(read).isEqualTo(event);
    assertThat(idOf(serializer(registry, Map.of()).serialize(topic, event("dog"))))
        .as("the same schema, registered again")
        .isEqualTo(idOf(record));
  }

  @Test
  void shouldFindOnlyWhatIsRegisteredWhenItMayNotRegister() {
    // given
    AvroSerializer reader = serializer(registry, Map.of("auto.register.schemas", "false"));

    // then
    assertThatThrownBy(() -> reader.serialize(topic, event("cat")))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining(topic + "-value");

    // when
    byte[] record = serializer(registry, Map.of()).serialize(topic, event("cat"));

    // then
    assertThat(reader.serialize(topic, event("cat"))).isEqualTo(record);
  }

  @Test
  void shouldRegisterTheFirstSchemaOfASubjectFromSeveralThreadsAtOnce() throws Exception {
    // given
    int threads = 4;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int subject = 0; subject < 50; subject++) {
        String shared = topic + "-" + subject;
        List<Future<byte[]>> records = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          AvroSerializer own = serializer(registry, Map.of());

          // when
          records.add(
              pool.submit(
                  () -> {
                    start.await(1, TimeUnit.MINUTES);
                    return own.serialize(shared, event("cat"));
                  }));
        }

        // then
        Set<Integer> ids = new HashSet<>();
        for (Future<byte[]> record : records) {
          ids.add(idOf(record.get()));
        }
        assertThat(ids).hasSize(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void shouldEvolveCompatibly() {
    // given
    byte[] older = serializer(registry, Map.of()).serialize(topic, event("old"));

    // when
    GenericRecord evolved = evolved("{\"name\":\"camera\",\"type\":\"string\",\"default\":\"\"}");
    evolved.put("camera", "north");
    byte[] newer = serializer(registry, Map.of()).serialize(topic, evolved);

    // then
    assertThat(idOf(newer)).isNotEqualTo(idOf(older));
    AvroDeserializer today = deserializer(Map.of());
    assertThat(((ImageEvent) today.deserialize(topic, older)).getImageId()).isEqualTo("old");
    assertThat(((ImageEvent) today.deserialize(topic, newer)).getImageId()).isEqualTo("evolved");
  }

  @Test
  void shouldRefuseAnIncompatibleChange() {
    // given
    AvroSerializer serializer = serializer(registry, Map.of());
    byte[] before = serializer.serialize(topic, event("before"));
    GenericRecord evolved = evolved("{\"name\":\"camera\",\"type\":\"string\"}");
    evolved.put("camera", "north");

    // then
    assertThatThrownBy(() -> serializer.serialize(topic, evolved))
        .isInstanceOf(SerializationException.class)
        .isNotInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(topic + "-value")
        .hasMessageContaining("409");
    assertThat(idOf(serializer.serialize(topic, event("after")))).isEqualTo(idOf(before));
  }

  @Test
  void shouldShowItsCredentialsAndBeTurnedAwayWithoutThem() throws Exception {
    // given
    try (TokenIssuer issuer = new TokenIssuer("augmenter", "right-one");
        ContainerRegistry guarded = ContainerRegistry.with(issuer.environment("test"))) {
      // when
      byte[] record =
          serializer(guarded, basic("augmenter:right-one")).serialize(topic, event("cat"));

      // then
      assertThat(idOf(record)).isPositive();
      assertThatThrownBy(
              () ->
                  serializer(guarded, basic("augmenter:wrong-one")).serialize(topic, event("cat")))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("401 to basic.auth.user.info")
          .hasMessageNotContaining("wrong-one");
      assertThatThrownBy(() -> serializer(guarded, Map.of()).serialize(topic, event("cat")))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("401 to no credentials");

      // and: by a token of the issuer's, whose signature is then another's
      String token = issuer.token("test");
      String forged = token.substring(0, token.length() - 8) + "AAAAAAAA";
      assertThat(serializer(guarded, bearer(token)).serialize(topic, event("cat")))
          .isEqualTo(record);
      assertThatThrownBy(() -> serializer(guarded, bearer(forged)).serialize(topic, event("cat")))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("401 to bearer.auth.token")
          .hasMessageNotContaining(forged);
    }
  }

  private static Map<String, String> basic(String userInfo) {
    return Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", userInfo);
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", token);
  }

  private static AvroSerializer serializer(ContainerRegistry at, Map<String, String> more) {
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(settings(at, more), false);
    return serializer;
  }

  private static AvroDeserializer deserializer(Map<String, String> more) {
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(settings(registry, more), false);
    return deserializer;
  }

  private static Map<String, String> settings(ContainerRegistry at, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("schema.registry.url", at.address());
    settings.put("specific.avro.reader", "true");
    settings.put("max.retries", "0");
    return settings;
  }

  private static ImageEvent event(String id) {
    return ImageEvent.newBuilder()
        .setImageId(id)
        .setSource("test")
        .setCapturedAt(Instant.ofEpochMilli(1_700_000_000_000L))
        .setContentType("image/png")
        .setPayload(ByteBuffer.wrap("pixels".getBytes(UTF_8)))
        .build();
  }

  /** An event of a schema with one more field, which comes first. */
  private static GenericRecord evolved(String field) {
    Schema schema =
        new Schema.Parser()
            .parse(
                ImageEvent.getClassSchema()
                    .toString()
                    .replaceFirst("\"fields\":\\[", "\"fields\":[" + field + ","));
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field each : ImageEvent.getClassSchema().getFields()) {
      Object value = event("evolved").get(each.name());
      record.put(each.name(), value instanceof Instant at ? at.toEpochMilli() : value);
    }
    return record;
  }

  private static int idOf(byte[] record) {
    return ByteBuffer.wrap(record, 1, Integer.BYTES).getInt();
  }
}
