package io.stillstream.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.wire.AvroDeserializer;
import io.stillstream.schemas.wire.AvroSerializer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under which subject, with which request and how often a schema is made known. */
final class SchemaIdResolverTest {
  private static final String ONE =
      "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}";
  private static final String TWO =
      "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":["
          + "{\"name\":\"b\",\"type\":\"string\",\"default\":\"x\"},{\"name\":\"a\",\"type\":\"long\"}]}";

  private FakeRegistry registry;

  @BeforeEach
  void startRegistry() {
    registry = FakeRegistry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({
    ", false, t-value",
    ", true, t-key",
    "TopicNameStrategy, false, t-value",
    "RecordNameStrategy, false, n.R",
    "RecordNameStrategy, true, n.R",
    "TopicRecordNameStrategy, false, t-n.R",
    "TopicRecordNameStrategy, true, t-n.R"
  })
  void shouldRegisterUnderSubjectOfStrategy(String strategy, boolean isKey, String subject) {
    // given
    registry.registers(subject, 7);
    Map<String, Object> settings = new HashMap<>();
    if (strategy != null) {
      settings.put(
          isKey ? "key.subject.name.strategy" : "value.subject.name.strategy",
          "io.confluent.kafka.serializers.subject." + strategy);
    }

    // when
    byte[] written = serializer(settings, isKey).serialize("t", record(ONE));

    // then
    assertThat(written).startsWith(0, 0, 0, 0, 7);
    assertThat(registry.onlyRequest().path())
        .isEqualTo("/subjects/" + subject + "/versions?normalize=false");
  }

  @Test
  void shouldRejectUnknownStrategy() {
    // when, then
    assertThatThrownBy(() -> serializer(Map.of("value.subject.name.strategy", "x.Y"), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("value.subject.name.strategy")
        .hasMessageContaining("x.Y");
  }

  @Test
  void shouldRejectPrimitiveWhereStrategyNeedsRecord() {
    // given
    AvroSerializer serializer =
        serializer(
            Map.of(
                "value.subject.name.strategy",
                "io.confluent.kafka.serializers.subject.RecordNameStrategy"),
            false);

    // when, then
    assertThatThrownBy(() -> serializer.serialize("t", "hi"))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("needs a record");
  }

  @Test
  void shouldAskForIdWithoutSubjectWhereStrategyNeedsSchema() {
    // given
    registry.schema(7, ONE);
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(
        Map.of(
            "schema.registry.url",
            registry.url(),
            "value.subject.name.strategy",
            "io.confluent.kafka.serializers.subject.RecordNameStrategy"),
        false);

    // when
    deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 7, 2});

    // then
    assertThat(registry.onlyRequest().path()).isEqualTo("/schemas/ids/7?fetchMaxId=false");
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, POST, /subjects/t-value/versions?normalize=false",
    "true, false, POST, /subjects/t-value/versions?normalize=false",
    "false, true, GET, /subjects/t-value/versions/latest",
    "false, false, POST, /subjects/t-value?normalize=false&deleted=false"
  })
  void shouldPreferRegisteringToLatestToLookup(
      boolean register, boolean latest, String method, String path) {
    // given
    String answer =
        "{\"id\":7,\"subject\":\"t-value\",\"version\":1,\"schema\":" + quoted(ONE) + "}";
    registry.next(200, answer);

    // when
    byte[] written =
        serializer(Map.of("auto.register.schemas", register, "use.latest.version", latest), false)
            .serialize("t", record(ONE));

    // then
    assertThat(written).containsExactly(0, 0, 0, 0, 7, 10);
    assertThat(registry.onlyRequest().method()).isEqualTo(method);
    assertThat(registry.onlyRequest().path()).isEqualTo(path);
    if (method.equals("POST")) {
      assertThat(registry.onlyRequest().body()).isEqualTo("{\"schema\":" + quoted(ONE) + "}");
    }
  }

  @Test
  void shouldNormalizeWhenAsked() {
    // given
    registry.registers("t-value", 7);

    // when
    serializer(Map.of("normalize.schemas", "true"), false).serialize("t", record(ONE));

    // then
    assertThat(registry.onlyRequest().path()).endsWith("?normalize=true");
  }

  @Test
  void shouldFailForGoodWhenSchemaIsNotRegistered() {
    // when, then
    assertThatThrownBy(
            () ->
                serializer(Map.of("auto.register.schemas", false), false)
                    .serialize("t", record(ONE)))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("n.R")
        .hasMessageContaining("t-value")
        .hasMessageContaining("40403");
  }

  @Test
  void shouldConvertObjectToLatestSchema() {
    // given
    registry.next(200, "{\"id\":8,\"version\":2,\"schema\":" + quoted(TWO) + "}");

    // when
    byte[] written =
        serializer(Map.of("auto.register.schemas", false, "use.latest.version", true), false)
            .serialize("t", record(ONE));

    // then
    assertThat(written).containsExactly(0, 0, 0, 0, 8, 2, 'x', 10);
  }

  @Test
  void shouldRejectLatestSchemaThatCannotReadTheObject() {
    // given
    registry.next(200, "{\"id\":8,\"version\":2,\"schema\":" + quoted(ONE) + "}");

    // when, then
    assertThatThrownBy(
            () ->
                serializer(
                        Map.of("auto.register.schemas", false, "use.latest.version", true), false)
                    .serialize("t", record(TWO)))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("latest.compatibility.strict");
  }

  @Test
  void shouldAskOncePerSchemaAndSubject() {
    // given
    registry.registers("t-value", 7).registers("u-value", 7).schema(7, ONE);
    AvroSerializer serializer = serializer(Map.of(), false);
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(Map.of("schema.registry.url", registry.url()), false);

    // when
    for (int i = 0; i < 3; i++) {
      byte[] written = serializer.serialize("t", record(ONE));
      serializer.serialize("u", record(ONE));
      deserializer.deserialize("t", written);
    }

    // then
    assertThat(registry.requests())
        .extracting(FakeRegistry.Request::method)
        .containsExactly("POST", "POST", "GET");
  }

  @Test
  void shouldNotCacheAFailure() {
    // given
    registry.next(403, "").registers("t-value", 7);
    AvroSerializer serializer = serializer(Map.of(), false);
    assertThatThrownBy(() -> serializer.serialize("t", record(ONE)))
        .isInstanceOf(RegistryUnavailableException.class);

    // when
    byte[] written = serializer.serialize("t", record(ONE));

    // then
    assertThat(written).hasSize(6);
  }

  @Test
  void shouldAcceptClassesInsteadOfNames() {
    // given
    AvroSerializer serializer = new AvroSerializer();

    // when, then
    assertThatThrownBy(
            () ->
                serializer.configure(
                    Map.of(
                        "schema.registry.url",
                        registry.url(),
                        "value.subject.name.strategy",
                        String.class),
                    false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("java.lang.String");
  }

  @Test
  void shouldReadOlderAndNewerWritersIntoGeneratedClass() {
    // given
    String current = StudentProgress.getClassSchema().toString();
    String older =
        withoutField(current, "accuracy")
            .replace(
                "\"name\":\"windowImages\",\"type\":\"int\"",
                "\"name\":\"added\",\"type\":\"string\"},{\"name\":\"windowImages\",\"type\":\"int\"");
    Schema writer = new Schema.Parser().parse(older);
    GenericRecord progress = new GenericData.Record(writer);
    progress.put("student", "cnn");
    progress.put("step", 5L);
    progress.put("viewsSeen", 640L);
    progress.put("added", "ignored");
    progress.put("windowImages", 100);
    progress.put("disagreement", 0.25);
    progress.put("reportedAt", 1_000L);
    registry.registers("t-value", 9).schema(9, older);
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(
        Map.of("schema.registry.url", registry.url(), "specific.avro.reader", true), false);

    // when
    Object read =
        deserializer.deserialize("t", serializer(Map.of(), false).serialize("t", progress));

    // then
    assertThat(read)
        .isEqualTo(
            new StudentProgress("cnn", 5L, 640L, 100, 0.25, null, Instant.ofEpochMilli(1_000)));
  }

  @Test
  void shouldRejectRecordWithoutGeneratedClass() {
    // given
    registry.schema(7, ONE);
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(
        Map.of("schema.registry.url", registry.url(), "specific.avro.reader", true), false);

    // when, then
    assertThatThrownBy(() -> deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 7, 2}))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("no generated class for n.R");
  }

  private static String withoutField(String schema, String field) {
    JsonNode json = FakeRegistry.json(schema);
    Iterator<JsonNode> fields = json.path("fields").elements();
    while (fields.hasNext()) {
      if (fields.next().path("name").asText().equals(field)) {
        fields.remove();
      }
    }
    return json.toString();
  }

  private AvroSerializer serializer(Map<String, ?> more, boolean isKey) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", registry.url());
    settings.put("max.retries", 0);
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(settings, isKey);
    return serializer;
  }

  private static GenericRecord record(String schema) {
    GenericRecord record = new GenericData.Record(new Schema.Parser().parse(schema));
    boolean isLong = record.getSchema().getField("a").schema().getType() == Schema.Type.LONG;
    record.put("a", isLong ? (Object) 5L : (Object) 5);
    if (record.getSchema().getField("b") != null) {
      record.put("b", "y");
    }
    return record;
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}
