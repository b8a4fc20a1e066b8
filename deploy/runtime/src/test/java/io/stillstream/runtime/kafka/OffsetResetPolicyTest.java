package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OffsetResetPolicyTest {
  private static final TopicPartition PARTITION = new TopicPartition("views", 3);
  private static final long FIRST = 100;
  private static final long END = 640;

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

  @BeforeEach
  void assign() {
    consumer.assign(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, FIRST));
    consumer.updateEndOffsets(Map.of(PARTITION, END));
  }

  @Test
  void shouldTakeTheSettingOverFromKafka() {
    // given
    Map<String, Object> settings = new HashMap<>(Map.of("auto.offset.reset", "latest"));
    // when
    OffsetResetPolicy policy = OffsetResetPolicy.takeFrom(settings);
    // then
    assertThat(settings).containsEntry("auto.offset.reset", "none");
    assertThat(policy).isNotNull();
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    assertThatThrownBy(() -> policy("by_duration:P1D"))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "kafka.auto.offset.reset: must be earliest, latest or none, was by_duration:P1D");
  }

  @ParameterizedTest
  @CsvSource({"earliest, 100", "latest, 640"})
  void shouldBeginAsConfiguredWithoutAnOffset(String reset, long begin) {
    // when
    policy(reset).apply(consumer, new NoOffsetForPartitionException(PARTITION));
    // then
    assertThat(consumer.position(PARTITION)).isEqualTo(begin);
  }

  @Test
  void shouldGoOnWithTheFirstRecordAfterADeletion() {
    // when
    policy("earliest").apply(consumer, new OffsetOutOfRangeException(Map.of(PARTITION, 12L)));
    // then
    assertThat(consumer.position(PARTITION)).isEqualTo(FIRST);
  }

  @ParameterizedTest
  @CsvSource({"earliest", "latest"})
  void shouldNotGoOnBeyondTheEnd(String reset) {
    assertThatThrownBy(
            () ->
                policy(reset)
                    .apply(consumer, new OffsetOutOfRangeException(Map.of(PARTITION, 812L))))
        .isInstanceOf(RecordsLostException.class)
        .hasMessageStartingWith(
            "views-3: offset 812 is to be read next, and lies beyond the end, 640: committed"
                + " records were lost there");
  }

  @Test
  void shouldNameTheCutOfALogThatHasGrownAgain() {
    // given
    LogTruncationException cut =
        new LogTruncationException(
            "cut", Map.of(PARTITION, 620L), Map.of(PARTITION, new OffsetAndMetadata(600)));
    // then
    assertThatThrownBy(() -> policy("earliest").apply(consumer, cut))
        .isInstanceOf(RecordsLostException.class)
        .hasMessageStartingWith(
            "views-3: offset 620 is to be read next, and lies beyond the end, 600:");
  }

  @Test
  void shouldLeaveAllToKafkaWithNone() {
    // given
    NoOffsetForPartitionException failure = new NoOffsetForPartitionException(PARTITION);
    // then
    assertThatThrownBy(() -> policy("none").apply(consumer, failure)).isSameAs(failure);
  }

  private static OffsetResetPolicy policy(String reset) {
    return OffsetResetPolicy.takeFrom(new HashMap<>(Map.of("auto.offset.reset", reset)));
  }
}
