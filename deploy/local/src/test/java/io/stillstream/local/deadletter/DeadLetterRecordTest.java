package io.stillstream.local.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterRecordTest {
  private final Headers headers = new RecordHeaders();

  @Test
  void shouldKnowItsRecordAndWhereThatStoodFirst() {
    // given
    source("images", "3", "17").add(DeadLetterFactory.ATTEMPT, "2".getBytes(UTF_8));
    new RecordCoordinates("images", 1, 5).writeOrigin(headers);

    // then
    assertThat(letter().source()).contains(new RecordCoordinates("images", 3, 17));
    assertThat(letter().origin()).contains(new RecordCoordinates("images", 1, 5));
    assertThat(letter().identity()).contains("images-1@5#2");
  }

  @Test
  void shouldNotTakeTheImageOfAViewForItsOrigin() {
    // given: two views of one image that was replayed
    new RecordCoordinates("images", 1, 5).writeOrigin(headers);
    source("views", "0", "8");
    DeadLetterRecord first = letter();
    source("views", "0", "9");

    // then
    assertThat(first.origin()).isNotEqualTo(letter().origin());
    assertThat(letter().origin()).contains(new RecordCoordinates("views", 0, 9));
  }

  @ParameterizedTest
  @CsvSource({"images,x,1", "images,0,-1", "images,0,", "'',0,1", "images,99999999999,1"})
  void shouldNotTrustHeaders(String topic, String partition, String offset) {
    // given
    source(topic, partition, offset);

    // then
    assertThat(letter().source()).isEmpty();
    assertThat(letter().identity()).isEmpty();
    assertThat(letter().reason()).isEqualTo("unknown");
  }

  @Test
  void shouldBeFoundByWhatIsSaidOfIt() {
    // given
    source("images", "0", "1").add(DeadLetterFactory.REASON, "empty".getBytes(UTF_8));

    // then
    assertThat(DeadLetterFilter.all().test(letter())).isTrue();
    assertThat(DeadLetterFilter.all().isOpen()).isTrue();
    assertThat(filter("empty", 1000, 1001).test(letter())).isTrue();
    assertThat(filter("empty", 1001, 2000).test(letter())).isFalse();
    assertThat(filter("empty", 0, 1000).test(letter())).isFalse();
    assertThat(filter("pixels", 0, 2000).test(letter())).isFalse();
    assertThat(ofImage("image").test(letter())).isTrue();
    assertThat(ofImage("other").test(letter())).isFalse();
    assertThat(DeadLetterFilter.at(0, 7).test(letter())).isTrue();
    assertThat(DeadLetterFilter.at(0, 8).test(letter())).isFalse();
    assertThat(DeadLetterFilter.at(1, 7).isOpen()).isFalse();
  }

  private static DeadLetterFilter ofImage(String imageId) {
    return new DeadLetterFilter(
        Set.of(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(imageId));
  }

  private static DeadLetterFilter filter(String reason, long since, long until) {
    return new DeadLetterFilter(
        Set.of(reason),
        Set.of(),
        Optional.of(Instant.ofEpochMilli(since)),
        Optional.of(Instant.ofEpochMilli(until)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Headers source(String topic, String partition, String offset) {
    put(DeadLetterFactory.TOPIC, topic);
    put(DeadLetterFactory.PARTITION, partition);
    put(DeadLetterFactory.OFFSET, offset);
    return headers;
  }

  private void put(String key, String value) {
    headers.remove(key).add(key, value == null ? null : value.getBytes(UTF_8));
  }

  /** At dead-letters-0@7, written at 1000. */
  private DeadLetterRecord letter() {
    return new DeadLetterRecord(
        new ConsumerRecord<>(
            "dead-letters",
            0,
            7,
            1000,
            TimestampType.CREATE_TIME,
            5,
            1,
            "image".getBytes(UTF_8),
            new byte[1],
            new RecordHeaders(headers.toArray()),
            Optional.empty()));
  }
}
