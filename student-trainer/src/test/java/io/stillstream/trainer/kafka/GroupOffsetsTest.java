package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupOffsetsTest {
  private static final String TOPIC = "labeled-views";
  private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
  private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final GroupOffsets offsets = new GroupOffsets(consumer, "group", "cnn");

  @BeforeEach
  void assign() {
    Node node = new Node(0, "localhost", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(
        TOPIC,
        List.of(
            new PartitionInfo(TOPIC, 0, node, nodes, nodes),
            new PartitionInfo(TOPIC, 1, node, nodes, nodes)));
    consumer.assign(Set.of(FIRST, SECOND));
  }

  @Test
  void shouldCommitWithTheNameOfTheStudent() {
    // when
    offsets.commit(Map.of(FIRST, 7L));

    // then
    OffsetAndMetadata committed = consumer.committed(Set.of(FIRST)).get(FIRST);
    assertThat(committed.offset()).isEqualTo(7);
    assertThat(committed.metadata()).isEqualTo("student=cnn");
    assertThatCode(() -> offsets.requireOwn(TOPIC)).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeAGroupWithoutOffsetsOrWithThoseThatNameNoStudent() {
    assertThatCode(() -> offsets.requireOwn(TOPIC)).doesNotThrowAnyException();
    consumer.commitSync(
        Map.of(FIRST, new OffsetAndMetadata(3), SECOND, new OffsetAndMetadata(4, "x")));
    assertThatCode(() -> offsets.requireOwn(TOPIC)).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseTheGroupOfAnotherStudent() {
    // given
    new GroupOffsets(consumer, "group", "mlp").commit(Map.of(SECOND, 7L));

    // then
    assertThatThrownBy(() -> offsets.requireOwn(TOPIC))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "group-id: group has offsets of the student mlp, and this is cnn: each student needs a"
                + " group of its own\n"
                + "  If there is no mlp any more: kafka-consumer-groups.sh --delete-offsets --group"
                + " group --topic labeled-views");
  }

  @Test
  void shouldTrainWhereBrokersDoNotTell() {
    // given
    MockConsumer<byte[], byte[]> silent =
        new MockConsumer<>("none") {
          @Override
          public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
              Set<TopicPartition> partitions, Duration timeout) {
            throw new TimeoutException("no answer");
          }
        };
    silent.updatePartitions(TOPIC, consumer.partitionsFor(TOPIC));

    // then
    assertThatCode(() -> new GroupOffsets(silent, "group", "cnn").requireOwn(TOPIC))
        .doesNotThrowAnyException();
  }
}
