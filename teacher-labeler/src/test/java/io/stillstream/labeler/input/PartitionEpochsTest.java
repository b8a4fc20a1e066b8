package io.stillstream.labeler.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionEpochsTest {
  private static final TopicPartition P0 = new TopicPartition("views", 0);
  private static final TopicPartition P1 = new TopicPartition("views", 1);

  private final PartitionEpochs epochs = new PartitionEpochs();

  @Test
  void shouldKeepTheEpochOfAnAssignedPartition() {
    // given
    epochs.assigned(List.of(P0, P1));

    // when
    long epoch = epochs.fetched(P0, 7);

    // then
    assertThat(epochs.isStale(P0, epoch)).isFalse();
    assertThat(epochs.fetched(P0, 8)).isEqualTo(epoch);
    assertThat(epochs.firstFetchedOffset(P0)).hasValue(7);
    assertThat(epochs.firstFetchedOffset(P1)).isEmpty();
  }

  @Test
  void shouldBeStaleAfterThePartitionWasRevokedAndAssignedAgain() {
    // given
    epochs.assigned(List.of(P0, P1));
    long before = epochs.fetched(P0, 7);
    long kept = epochs.fetched(P1, 3);

    // when
    epochs.revoked(List.of(P0));

    // then
    assertThat(epochs.isStale(P0, before)).isTrue();

    // when
    epochs.assigned(List.of(P0));

    // then
    assertThat(epochs.isStale(P0, before)).isTrue();
    assertThat(epochs.isStale(P1, kept)).isFalse();
    assertThat(epochs.firstFetchedOffset(P0)).isEmpty();
  }

  @Test
  void shouldBeStaleInANewEpochButKeepTheFirstOffset() {
    // given
    epochs.assigned(List.of(P0));
    long before = epochs.fetched(P0, 7);

    // when
    epochs.startNewEpochs();

    // then
    assertThat(epochs.isStale(P0, before)).isTrue();
    assertThat(epochs.firstFetchedOffset(P0)).hasValue(7);
    assertThat(epochs.isStale(P0, epochs.fetched(P0, 7))).isFalse();
  }
}
