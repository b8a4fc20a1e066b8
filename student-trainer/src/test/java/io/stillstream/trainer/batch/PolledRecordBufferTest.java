package io.stillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class PolledRecordBufferTest {
  private final PolledRecordBuffer<ConsumerRecord<byte[], byte[]>> buffer =
      new PolledRecordBuffer<>();
  private final List<Long> accepted = new ArrayList<>();

  @Test
  void shouldKeepTheRecordThatFailsAndAllBehindIt() throws InterruptedException {
    // given: brokers refuse something while the third of five is accepted
    buffer.add(records(0, 5));
    assertThatThrownBy(
            () ->
                buffer.drain(
                    record -> {
                      if (record.offset() == 2) {
                        throw new TopicAuthorizationException("dead-letters");
                      }
                      return accepted.add(record.offset());
                    }))
        .isInstanceOf(TopicAuthorizationException.class);
    assertThat(accepted).containsExactly(0L, 1L);
    assertThat(buffer.size()).isEqualTo(3);

    // when: allowed again
    buffer.drain(record -> accepted.add(record.offset()));

    // then
    assertThat(accepted).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(buffer.isEmpty()).isTrue();
  }

  @Test
  void shouldKeepWhatIsLeftWhenToldToStop() throws InterruptedException {
    // given
    buffer.add(records(0, 3));

    // when
    buffer.drain(record -> record.offset() < 1 && accepted.add(record.offset()));

    // then
    assertThat(accepted).containsExactly(0L);
    assertThat(buffer.size()).isEqualTo(2);
  }

  @Test
  void shouldGiveEarlierRecordsFirst() throws InterruptedException {
    // given
    buffer.add(records(0, 2));
    buffer.drain(record -> false);

    // when
    buffer.add(records(2, 4));
    buffer.drain(record -> accepted.add(record.offset()));

    // then
    assertThat(accepted).containsExactly(0L, 1L, 2L, 3L);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(
            offset -> new ConsumerRecord<>("labeled-views", 0, offset, new byte[0], new byte[] {1}))
        .toList();
  }
}
