package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordCoordinatesTest {
  private static final RecordCoordinates HERE = new RecordCoordinates("images", 2, 9);

  @Test
  void shouldBeItsOwnOriginUnlessReplayed() {
    // given
    ConsumerRecord<String, String> record = new ConsumerRecord<>("images", 2, 9, "k", "v");

    // then
    assertThat(RecordCoordinates.of(record)).isEqualTo(HERE);
    assertThat(HERE.origin(record.headers())).isEqualTo(HERE);
  }

  @Test
  void shouldFindTheOriginOfAReplay() {
    // given
    RecordCoordinates origin = new RecordCoordinates("images-eu", 5, Long.MAX_VALUE);
    RecordHeaders headers = new RecordHeaders();
    new RecordCoordinates("other", 1, 1).writeOrigin(headers);

    // when
    origin.writeOrigin(headers);

    // then
    assertThat(HERE.origin(headers)).isEqualTo(origin);
    assertThat(headers).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"'',1,1", "t,-1,1", "t,1,-1", "t,x,1", "t,1,99999999999999999999", "t,1,", ",1,1"})
  void shouldIgnoreAnOriginThatIsNone(String topic, String partition, String offset) {
    // given
    RecordHeaders headers = new RecordHeaders();
    add(headers, "stillstream.origin.topic", topic);
    add(headers, "stillstream.origin.partition", partition);
    add(headers, "stillstream.origin.offset", offset);

    // then
    assertThat(HERE.origin(headers)).isEqualTo(HERE);
  }

  private static void add(RecordHeaders headers, String key, String value) {
    headers.add(key, value == null ? null : value.getBytes(UTF_8));
  }
}
