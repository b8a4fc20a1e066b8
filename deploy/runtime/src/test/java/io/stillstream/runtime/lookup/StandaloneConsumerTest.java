package io.stillstream.runtime.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StandaloneConsumerTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final TopicPartition ONE = new TopicPartition("views", 0);
  private static final TopicPartition TWO = new TopicPartition("views", 1);

  private final MockConsumer<byte[], byte[]> mock = new MockConsumer<>("none");
  private final StandaloneConsumer consumer = new StandaloneConsumer(mock);
  private final List<Long> offsets = new ArrayList<>();

  @Test
  void shouldReadUpToAnOffsetBehindTheMarkerOfATransaction() {
    // given: offset 4 is a marker, which moves the position and is no record
    topic(ONE);
    mock.schedulePollTask(() -> add(2, 3));
    mock.schedulePollTask(() -> mock.seek(ONE, 5));

    // when
    boolean whole = consumer.read(Map.of(ONE, 2L), Map.of(ONE, 5L), LONG, this::take);

    // then
    assertThat(whole).isTrue();
    assertThat(offsets).containsExactly(2L, 3L);
    assertThat(mock.assignment()).isEmpty();
  }

  @Test
  void shouldLeaveOutWhatCameLater() {
    // given
    topic(ONE);
    mock.schedulePollTask(() -> add(2, 3, 4));

    // when
    boolean whole = consumer.read(Map.of(ONE, 2L), Map.of(ONE, 4L), LONG, this::take);

    // then
    assertThat(whole).isTrue();
    assertThat(offsets).containsExactly(2L, 3L);
  }

  @Test
  void shouldStopWhereItIsTold() {
    // given
    topic(ONE);
    mock.schedulePollTask(() -> add(2, 3, 4));

    // when
    boolean whole = consumer.read(Map.of(ONE, 2L), Map.of(ONE, 5L), LONG, record -> !take(record));

    // then
    assertThat(whole).isFalse();
    assertThat(offsets).containsExactly(2L);
  }

  @Test
  void shouldStopAtTheLimit() {
    // given: a broker that sends nothing
    topic(ONE);

    // when, then
    assertThat(consumer.read(Map.of(ONE, 2L), Map.of(ONE, 5L), Duration.ofNanos(1), this::take))
        .isFalse();
    assertThat(consumer.read(Map.of(ONE, 5L), Map.of(ONE, 5L), Duration.ofNanos(1), this::take))
        .isTrue();
  }

  @Test
  void shouldAddPartitionsAndKeepThePositionsOfOthers() {
    // given
    assertThat(consumer.newPartitions("views")).isEmpty();
    topic(ONE);
    consumer.assignAlso(Map.of(ONE, 2L));
    mock.schedulePollTask(() -> add(2, 3));
    assertThat(consumer.poll(Duration.ZERO)).hasSize(2);

    // when
    topic(ONE, TWO);
    assertThat(consumer.newPartitions("views")).containsExactly(TWO);
    consumer.assignAlso(consumer.beginnings(List.of(TWO)));

    // then
    assertThat(consumer.newPartitions("views")).isEmpty();
    assertThat(consumer.position(ONE)).isEqualTo(4);
    assertThat(consumer.hasReached(Map.of(ONE, 4L, TWO, 0L))).isTrue();
    assertThat(consumer.hasReached(Map.of(ONE, 4L, TWO, 1L))).isFalse();
  }

  private boolean take(ConsumerRecord<byte[], byte[]> record) {
    return offsets.add(record.offset());
  }

  private void topic(TopicPartition... partitions) {
    List<PartitionInfo> infos = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      infos.add(
          new PartitionInfo(
              "views", partition.partition(), Node.noNode(), new Node[0], new Node[0]));
      mock.updateBeginningOffsets(Map.of(partition, 0L));
    }
    mock.updatePartitions("views", infos);
  }

  private void add(long... records) {
    for (long offset : records) {
      mock.addRecord(new ConsumerRecord<>("views", 0, offset, new byte[1], new byte[1]));
    }
  }
}
