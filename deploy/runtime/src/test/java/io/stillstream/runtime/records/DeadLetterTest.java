package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.topics.Topics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  @Test
  void shouldReadWhatWasWritten() {
    // given
    Headers headers = new RecordHeaders();
    new RecordCoordinates("images", 1, 5).writeOrigin(headers);
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetterFactory(
                "dead-letters",
                "teacher-labeler",
                new SimpleMeterRegistry(),
                Topics.MAX_MESSAGE_BYTES)
            .create(
                new RecordCoordinates("images", 2, 17),
                "cat".getBytes(UTF_8),
                new byte[] {1},
                headers,
                "decode",
                new BadRecordException("malformed", "no magic byte"));

    // when
    DeadLetter read = DeadLetter.of(record(letter.headers()));

    // then
    assertThat(read.identity()).contains("images-1@5#1");
    assertThat(read)
        .isEqualTo(
            new DeadLetter(
                new RecordCoordinates("dead-letters", 0, 3),
                Optional.of("cat"),
                1_700_000_000_000L,
                "teacher-labeler",
                "decode",
                "malformed",
                "no magic byte",
                1,
                false,
                Optional.of(new RecordCoordinates("images", 2, 17)),
                Optional.of(new RecordCoordinates("images", 1, 5))));
  }

  @Test
  void shouldTakeWhatAnyoneWrote() {
    // given
    Headers headers = new RecordHeaders();
    headers.add("__streams.errors.topic", "images".getBytes(UTF_8));
    headers.add("__streams.errors.partition", "99999999999".getBytes(UTF_8));
    headers.add("__streams.errors.offset", "x".getBytes(UTF_8));
    headers.add("stillstream.reason", null);

    // when
    DeadLetter read = DeadLetter.of(record(headers));

    // then
    assertThat(read.source()).isEmpty();
    assertThat(read.origin()).isEmpty();
    assertThat(read.reason()).isEmpty();
    assertThat(read.attempt()).isZero();
  }

  private static ConsumerRecord<byte[], byte[]> record(Headers headers) {
    return new ConsumerRecord<>(
        "dead-letters",
        0,
        3,
        1_700_000_000_000L,
        TimestampType.CREATE_TIME,
        0,
        0,
        "cat".getBytes(UTF_8),
        null,
        headers,
        Optional.empty());
  }
}
