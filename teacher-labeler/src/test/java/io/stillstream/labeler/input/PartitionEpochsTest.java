package io.stillstream.labeler.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionEpochsTest {
  private static final TopicPartition P0 = new TopicPartition("views", 0);
  private static final TopicPartition P1 = new TopicPartition("views", 1);

  private final PartitionEpochs assignment = new PartitionEpochs();

  @Test
  void shouldKnowItsOwn() {
    // given
    assignment.assigned(List.of(P0, P1));

    // when
    long tenure = assignment.fetched(P0, 7);

    // then
    assertThat(assignment.isStale(P0, tenure)).isFalse();
    assertThat(assignment.fetched(P0, 8)).isEqualTo(tenure);
    assertThat(assignment.firstFetchedOffset(P0)).hasValue(7);
    assertThat(assignment.firstFetchedOffset(P1)).isEmpty();
  }

  @Test
  void shouldCallStaleWhatWasFetchedBeforeAPartitionWentAndCameBack() {
    // given
    assignment.assigned(List.of(P0, P1));
    long before = assignment.fetched(P0, 7);
    long kept = assignment.fetched(P1, 3);

    // when
    assignment.revoked(List.of(P0));

    // then
    assertThat(assignment.isStale(P0, before)).isTrue();

    // when
    assignment.assigned(List.of(P0));

    // then
    assertThat(assignment.isStale(P0, before)).isTrue();
    assertThat(assignment.isStale(P1, kept)).isFalse();
    assertThat(assignment.firstFetchedOffset(P0)).isEmpty();
  }

  @Test
  void shouldCallEverythingStaleAfterRenewalButRememberTheBeginning() {
    // given
    assignment.assigned(List.of(P0));
    long before = assignment.fetched(P0, 7);

    // when
    assignment.startNewEpochs();

    // then
    assertThat(assignment.isStale(P0, before)).isTrue();
    assertThat(assignment.firstFetchedOffset(P0)).hasValue(7);
    assertThat(assignment.isStale(P0, assignment.fetched(P0, 7))).isFalse();
  }
}
