package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Where reading begins, when the topic is not what the checkpoint knows. */
class LabeledViewConsumerStartTest {
  private static final String TOPIC = "labeled-views";
  private static final TopicIdentity FORMER = new TopicIdentity("berlin", "aaa");
  private static final TopicIdentity OTHER = new TopicIdentity("berlin", "bbb");
  private static final Map<Integer, Long> KNOWN = Map.of(0, 500L, 1, 60L);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private TopicIdentity now = FORMER;

  @Test
  void shouldNotTakeAnOffsetBeyondTheEndForAGap() {
    // given
    range(10, 300);

    for (OnTopicChange setting : List.of(OnTopicChange.STOP, OnTopicChange.KEEP)) {
      // when
      LabeledViewConsumer stream = stream(OnOffsetGap.SKIP, setting);

      // then
      assertThatThrownBy(() -> stream.assignPartitions(KNOWN))
          .isInstanceOf(TopicChangedException.class)
          .hasMessage(
              "labeled-views-0 (id aaa in cluster berlin): offset 500 of the checkpoint lies beyond"
                  + " the end, 300: records were lost there, or are not there yet; set"
                  + " on-topic-change to earliest or latest to go on");
    }
  }

  @Test
  void shouldGoOnAtTheEndOfAPartitionThatWasCut() {
    // given
    range(10, 300);
    LabeledViewConsumer stream = stream(OnOffsetGap.STOP, OnTopicChange.LATEST);

    // when
    Map<Integer, Long> begins = stream.assignPartitions(KNOWN);

    // then
    assertThat(begins).containsExactlyInAnyOrderEntriesOf(Map.of(0, 300L, 1, 60L));
    assertThat(stream.missed()).isZero();
    TopicChange change = stream.pollTopicChange().orElseThrow();
    assertThat(change.reason()).isEqualTo(Reason.BEYOND_END);
    assertThat(change.begins()).containsExactly(Map.entry(0, 300L));
    assertThat(change.details())
        .containsEntry("reason", "beyond_end")
        .containsEntry("went_on", "latest")
        .containsEntry("offsets", "0@300");
  }

  @Test
  void shouldNoticeATopicThatGrewPastTheOffset() {
    // given
    range(0, 10_000);
    now = OTHER;

    // when
    LabeledViewConsumer stream = stream(OnOffsetGap.SKIP, OnTopicChange.STOP);

    // then
    assertThatThrownBy(() -> stream.assignPartitions(KNOWN))
        .isInstanceOf(TopicChangedException.class)
        .hasMessageContaining("it has id bbb in cluster berlin, and had id aaa in cluster berlin");
  }

  @Test
  void shouldBeginAnotherTopicWhereTheSettingSays() {
    // given
    range(20, 400);
    now = OTHER;

    // then
    assertThat(begins(OnTopicChange.EARLIEST)).isEqualTo(Map.of(0, 20L, 1, 20L));
    assertThat(begins(OnTopicChange.LATEST)).isEqualTo(Map.of(0, 400L, 1, 400L));
    range(0, 800);
    assertThat(begins(OnTopicChange.KEEP)).isEqualTo(KNOWN);
  }

  @Test
  void shouldCountAGapAsBefore() {
    // given
    range(100, 800);
    LabeledViewConsumer stream = stream(OnOffsetGap.SKIP, OnTopicChange.STOP);

    // when
    Map<Integer, Long> begins = stream.assignPartitions(KNOWN);

    // then
    assertThat(begins).isEqualTo(Map.of(0, 500L, 1, 100L));
    assertThat(stream.missed()).isEqualTo(40);
    assertThat(stream.pollTopicChange()).isEmpty();
    assertThat(stream.identity()).isEqualTo(FORMER);
  }

  @Test
  void shouldEndWhenAPartitionIsCutWhileItReads() {
    // given
    range(0, 800);
    LabeledViewConsumer stream = stream(OnOffsetGap.SKIP, OnTopicChange.LATEST);
    stream.assignPartitions(KNOWN);

    // when
    consumer.updateEndOffsets(Map.of(partition(0), 300L, partition(1), 300L));
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition(0), 500L)));

    // then
    assertThatThrownBy(() -> stream.poll(Duration.ZERO, 1))
        .isInstanceOf(TopicChangedException.class)
        .hasMessageContaining("offset 500 is to be read next, and lies beyond the end, 300")
        .hasMessageEndingWith("as on-topic-change says: latest");
  }

  @Test
  void shouldLookAtTheTopicFirstWhenAnOffsetIsOutOfRange() {
    // given
    range(0, 800);
    LabeledViewConsumer stream = stream(OnOffsetGap.SKIP, OnTopicChange.STOP);
    stream.assignPartitions(KNOWN);

    // when
    now = OTHER;
    range(600, 800);
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition(0), 500L)));

    // then
    assertThatThrownBy(() -> stream.poll(Duration.ZERO, 1))
        .isInstanceOf(TopicChangedException.class)
        .hasMessageContaining("labeled-views is another topic");
    assertThat(stream.missed()).isZero();
    assertThatThrownBy(stream::verify).isInstanceOf(TopicChangedException.class);
  }

  @Test
  void shouldGoOnFromTheCheckpointInAPartitionThatIsSeenLater() {
    // given: the brokers do not tell of all of them yet
    range(0, 800);
    Node node = new Node(0, "localhost", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, node, nodes, nodes)));
    LabeledViewConsumer stream = stream(OnOffsetGap.STOP, OnTopicChange.STOP);
    assertThat(stream.assignPartitions(KNOWN)).isEqualTo(Map.of(0, 500L));

    // when
    range(0, 800);

    // then
    assertThat(stream.assignPartitions(Map.of())).isEqualTo(Map.of(1, 60L));
  }

  private Map<Integer, Long> begins(OnTopicChange setting) {
    LabeledViewConsumer stream = stream(OnOffsetGap.STOP, setting);
    Map<Integer, Long> begins = stream.assignPartitions(KNOWN);
    assertThat(stream.pollTopicChange().orElseThrow().begins()).isEqualTo(begins);
    assertThat(stream.identity()).isEqualTo(OTHER);
    return begins;
  }

  private LabeledViewConsumer stream(OnOffsetGap onGap, OnTopicChange onChange) {
    return new LabeledViewConsumer(
        new MergedConsumer(
            consumer,
            new GroupOffsets(consumer, "g", "student"),
            new PartitionMerger(Duration.ofSeconds(2), TOPIC),
            1 << 20,
            InstantSource.system(),
            System::nanoTime),
        TOPIC,
        onGap,
        new TopicIdentityVerifier(TOPIC, onChange, patience -> now, FORMER),
        Optional.empty());
  }

  private void range(long first, long end) {
    Node node = new Node(0, "localhost", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(
        TOPIC,
        List.of(
            new PartitionInfo(TOPIC, 0, node, nodes, nodes),
            new PartitionInfo(TOPIC, 1, node, nodes, nodes)));
    consumer.updateBeginningOffsets(Map.of(partition(0), first, partition(1), first));
    consumer.updateEndOffsets(Map.of(partition(0), end, partition(1), end));
  }

  private static TopicPartition partition(int number) {
    return new TopicPartition(TOPIC, number);
  }
}
