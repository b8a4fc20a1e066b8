package io.stillstream.page.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

class DeadLetterEntryTest {
  private static final byte[] RAW_IMAGE = "raw".getBytes(UTF_8);
  private static final byte[] BROKEN_IMAGE = "broken".getBytes(UTF_8);

  private final RecordValueDeserializer<SpecificRecord> reader =
      new RecordValueDeserializer<>(
          SpecificRecord.class,
          Map.of("value.deserializer", Events.class.getName()),
          new SimpleMeterRegistry());

  @Test
  void shouldSayWhatHappenedToWhichRecordAndShowIt() {
    // when
    DeadLetterEntry letter =
        DeadLetterEntry.of(letter("cat.jpg".getBytes(UTF_8), RAW_IMAGE), reader);

    // then
    assertThat(letter.service()).isEqualTo("augmenter-service");
    assertThat(letter.stage()).isEqualTo("decode");
    assertThat(letter.reason()).isEqualTo("too_small");
    assertThat(letter.message()).isEqualTo("it has 1 pixel");
    assertThat(letter.topic()).isEqualTo("images");
    assertThat(letter.partition()).isEqualTo(2);
    assertThat(letter.offset()).isEqualTo(17);
    assertThat(letter.imageId()).isEqualTo("cat.jpg");
    assertThat(letter.time()).isEqualTo(5);
    assertThat(letter.thumbnail()).startsWith("data:image/png;base64,");
  }

  @Test
  void shouldDoWithoutAPictureOfWhatIsNone() {
    assertThat(DeadLetterEntry.of(letter(null, BROKEN_IMAGE), reader).thumbnail()).isNull();
    assertThat(DeadLetterEntry.of(letter(null, "no record".getBytes(UTF_8)), reader).thumbnail())
        .isNull();
    assertThat(DeadLetterEntry.of(letter(null, null), reader).thumbnail()).isNull();
    assertThat(DeadLetterEntry.of(letter(null, null), reader).imageId()).isNull();
  }

  @Test
  void shouldTakeWhatAnyoneWrote() {
    // when
    DeadLetterEntry letter = DeadLetterEntry.of(record(null, null, new RecordHeaders()), reader);

    // then
    assertThat(letter)
        .isEqualTo(new DeadLetterEntry(5, null, null, null, null, null, null, null, null, null));
  }

  @Test
  void shouldKeepTheNewest() {
    // given
    RecentDeadLetters letters = new RecentDeadLetters();
    List<DeadLetterEntry> all =
        LongStream.range(0, 50)
            .mapToObj(
                i -> new DeadLetterEntry(i, null, null, null, null, null, null, null, null, null))
            .toList();

    // when
    all.forEach(letters::add);

    // then
    assertThat(letters.all()).hasSize(RecentDeadLetters.MOST).startsWith(all.get(49), all.get(48));
  }

  private static ConsumerRecord<byte[], byte[]> letter(byte[] key, byte[] value) {
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetterFactory(
                "dead-letters",
                "augmenter-service",
                new SimpleMeterRegistry(),
                Topics.MAX_MESSAGE_BYTES)
            .create(
                new RecordCoordinates("images", 2, 17),
                key,
                value,
                new RecordHeaders(),
                "decode",
                new BadRecordException("too_small", "it has 1 pixel"));
    return record(key, value, letter.headers());
  }

  private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value, Headers headers) {
    return new ConsumerRecord<>(
        "dead-letters",
        0,
        3,
        5,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  /** Knows two events by name, and nothing else. */
  public static final class Events implements Deserializer<Object> {
    @Override
    public Object deserialize(String topic, byte[] data) {
      assertThat(topic).isEqualTo("images");
      if (Arrays.equals(data, RAW_IMAGE)) {
        return event("application/x-raw-pixels", new byte[6]);
      }
      if (Arrays.equals(data, BROKEN_IMAGE)) {
        return event("image/jpeg", new byte[] {(byte) 0xFF, (byte) 0xD8, 0});
      }
      throw new IllegalArgumentException("no record");
    }

    private static ImageEvent event(String type, byte[] payload) {
      return ImageEvent.newBuilder()
          .setImageId("cat.jpg")
          .setSource("test")
          .setCapturedAt(Instant.ofEpochMilli(1))
          .setContentType(type)
          .setPayload(ByteBuffer.wrap(payload))
          .setRawShape(new RawShape(2, 3, 1))
          .build();
    }
  }
}
