package io.stillstream.labeler.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.TeacherAnswerFixtures;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PendingCommitTest {
  private static final CommittedCount LABELED =
      new CommittedCount.Labeled(
          Instant.EPOCH, Optional.empty(), TeacherAnswerFixtures.answer(0, 0, 1, 0));

  private final AtomicLong nanos = new AtomicLong();
  private final PendingCommit transaction = new PendingCommit(Duration.ofMillis(200), nanos::get);

  @Test
  void shouldBeClosedUntilAResultIsAdded() {
    assertThat(transaction.isOpen()).isFalse();
    assertThat(transaction.untilDue()).isEmpty();
    assertThat(transaction.offsets()).isEmpty();
  }

  @Test
  void shouldCommitTheNextOffsetOfEachPartition() {
    // when
    add(0, 4);
    add(1, 9);
    add(0, 7); // offsets have gaps: transaction markers take some

    // then
    assertThat(transaction.offsets())
        .containsOnlyKeys(new TopicPartition("views", 0), new TopicPartition("views", 1))
        .extractingByKey(new TopicPartition("views", 0))
        .extracting(OffsetAndMetadata::offset)
        .isEqualTo(8L);
    assertThat(transaction.counts()).hasSize(3);
  }

  @Test
  void shouldBeDueAnIntervalAfterTheFirstRecord() {
    // given
    add(0, 4);

    // when
    nanos.addAndGet(Duration.ofMillis(150).toNanos());
    add(0, 5);

    // then
    assertThat(transaction.untilDue()).contains(Duration.ofMillis(50));

    // when
    nanos.addAndGet(Duration.ofMillis(80).toNanos());

    // then
    assertThat(transaction.untilDue()).contains(Duration.ZERO);
  }

  @Test
  void shouldStartAfreshOnceCleared() {
    // given
    add(0, 4);

    // when
    transaction.clear();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    add(0, 2);

    // then
    assertThat(transaction.untilDue()).contains(Duration.ofMillis(200));
    assertThat(transaction.counts()).hasSize(1);
  }

  @Test
  void shouldRejectADecreasingOffset() {
    // given
    add(0, 4);

    // then
    assertThatIllegalStateException()
        .isThrownBy(() -> add(0, 4))
        .withMessage("views-0 sent at 4 after 4");
  }

  private void add(int partition, long offset) {
    transaction.add(
        new ConsumerRecord<>("views", partition, offset, new byte[0], new byte[0]), LABELED);
  }
}
