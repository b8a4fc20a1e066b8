package io.stillstream.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.FakeRegistry;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that Confluent's own serializer writes, and what is none of it. */
final class WireFormatTest {
  private static final String PART =
      """
      {"type":"record","name":"Part","namespace":"shop","fields":[
        {"name":"id","type":"long"},
        {"name":"sku","type":"string"},
        {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"note","type":["null","string"],"default":null}]}
      """;
  private static final String PART_BYTES = "00000000015406412d310404d200";

  private FakeRegistry registry;

  @BeforeEach
  void startRegistry() {
    registry = FakeRegistry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  static Stream<Object[]> primitives() {
    return Stream.of(
        new Object[] {"hi", 2, "\"string\"", "0000000002046869"},
        new Object[] {true, 3, "\"boolean\"", "000000000301"},
        new Object[] {-1, 4, "\"int\"", "000000000401"},
        new Object[] {64L, 5, "\"long\"", "00000000058001"},
        new Object[] {1.0f, 6, "\"float\"", "00000000060000803f"},
        new Object[] {1.0, 7, "\"double\"", "0000000007000000000000f03f"},
        new Object[] {new byte[] {1, 2, 3}, 8, "\"bytes\"", "0000000008010203"},
        new Object[] {"", 300, "\"string\"", "000000012c00"});
  }

  @ParameterizedTest
  @MethodSource("primitives")
  void shouldWriteAndReadPrimitives(Object value, int id, String schema, String hex) {
    // given
    registry.registers("t-value", id).schema(id, schema);

    // when
    byte[] written = serializer().serialize("t", value);
    Object read = deserializer().deserialize("t", written);

    // then
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(hex);
    assertThat(read).isEqualTo(value);
    assertThat(FakeRegistry.json(registry.requests().get(0).body()).path("schema").asText())
        .isEqualTo(schema);
  }

  @Test
  void shouldWriteAndReadRecord() {
    // given
    Schema schema = new Schema.Parser().parse(PART);
    GenericRecord part = new GenericData.Record(schema);
    part.put("id", 42L);
    part.put("sku", "A-1");
    Schema price = schema.getField("price").schema();
    part.put(
        "price",
        new Conversions.DecimalConversion()
            .toBytes(new BigDecimal("12.34"), price, price.getLogicalType()));
    registry.registers("t-value", 1).schema(1, PART);

    // when
    byte[] written = serializer().serialize("t", part);
    Object read = deserializer().deserialize("t", written);

    // then
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(PART_BYTES);
    assertThat(read).isEqualTo(part);
  }

  @Test
  void shouldWriteTopLevelByteBufferRawAndLeaveItsPosition() {
    // given
    registry.registers("t-value", 8);
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3);

    // when
    byte[] written = serializer().serialize("t", buffer);

    // then
    assertThat(HexFormat.of().formatHex(written)).isEqualTo("0000000008010203");
    assertThat(buffer.remaining()).isEqualTo(3);
  }

  @Test
  void shouldMapNullToNullWithoutAskingTheRegistry() {
    // when
    byte[] written = serializer().serialize("t", null);
    Object read = deserializer().deserialize("t", null);

    // then
    assertThat(written).isNull();
    assertThat(read).isNull();
    assertThat(registry.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'truncated: 0 bytes'",
    "00000000, 'truncated: 4 bytes'",
    "7b226122, 'truncated: 4 bytes'",
    "7b22612231, 'no magic byte: it starts with 0x7B'",
    "00ffffffff00, 'schema id -1 is negative'",
    "0000000001, 'end within shop.Part'",
    "00000000015406412d310404d2, 'end within shop.Part'",
    "00000000015406412d310404d20000, 'left over'",
    "00000000015406412d310404d204, 'not a shop.Part'",
    "000000000154ffffffff0f, 'not a shop.Part'",
    "000000000154feffffff0f, 'shop.Part'",
  })
  void shouldRejectMalformedRecord(String hex, String reason) {
    // given
    registry.schema(1, PART);
    byte[] bytes = HexFormat.of().parseHex(hex);

    // when, then
    assertThatThrownBy(() -> deserializer().deserialize("parts", bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("topic parts is malformed")
        .hasMessageContaining(reason);
  }

  @Test
  void shouldContinueAfterMalformedRecord() {
    // given
    registry.schema(1, PART);
    AvroDeserializer deserializer = deserializer();
    byte[] good = HexFormat.of().parseHex(PART_BYTES);

    for (int length = 5; length < good.length; length++) {
      byte[] truncated = Arrays.copyOf(good, length);

      // when
      assertThatThrownBy(() -> deserializer.deserialize("t", truncated))
          .isInstanceOf(SerializationException.class);

      // then
      assertThat(deserializer.deserialize("t", good))
          .hasToString("{\"id\": 42, \"sku\": \"A-1\", \"price\": \"\\u0004Ò\", \"note\": null}");
    }
  }

  @Test
  void shouldRejectObjectWithoutSchema() {
    // when, then
    assertThatThrownBy(() -> serializer().serialize("t", new StringBuilder[0]))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("StringBuilder");
  }

  @Test
  void shouldRejectRecordThatDoesNotFitItsSchema() {
    // given
    registry.registers("t-value", 1);
    GenericRecord part = new GenericData.Record(new Schema.Parser().parse(PART));

    // when, then
    assertThatThrownBy(() -> serializer().serialize("t", part))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("Topic t")
        .hasMessageContaining("shop.Part");
  }

  @Test
  void shouldReadStringThatUtf8Wrote() {
    // given
    registry.registers("t-key", 2).schema(2, "{\"type\":\"string\"}");
    AvroDeserializer keys = new AvroDeserializer();
    keys.configure(settings(), true);

    // when
    Object read = keys.deserialize("t", HexFormat.of().parseHex("000000000206" + hex("abc")));

    // then
    assertThat(read).isEqualTo("abc");
    assertThat(registry.onlyRequest().path()).endsWith("&subject=t-key");
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private AvroSerializer serializer() {
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(settings(), false);
    return serializer;
  }

  private AvroDeserializer deserializer() {
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(settings(), false);
    return deserializer;
  }

  private Map<String, ?> settings() {
    return Map.of("schema.registry.url", registry.url());
  }
}
