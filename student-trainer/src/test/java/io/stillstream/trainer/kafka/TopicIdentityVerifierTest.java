package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

class TopicIdentityVerifierTest {
  private static final TopicIdentity FORMER = new TopicIdentity("berlin", "aaa");
  private static final TopicIdentity RECREATED = new TopicIdentity("berlin", "bbb");
  private static final TopicIdentity MIRRORED = new TopicIdentity("paris", "ccc");

  private final AtomicReference<TopicIdentity> now = new AtomicReference<>(FORMER);
  private RuntimeException trouble;

  @Test
  void shouldSayBothIdsAndWhatToSet() {
    // given
    TopicIdentityVerifier guard = guard(OnTopicChange.STOP, FORMER);
    now.set(RECREATED);

    // when
    assertThatThrownBy(guard::begin)
        // then
        .isInstanceOf(TopicChangedException.class)
        .hasMessage(
            "labeled-views is another topic than the offsets are of: it has id bbb in cluster"
                + " berlin, and had id aaa in cluster berlin; set on-topic-change to earliest,"
                + " latest or keep (the records have the same offsets, as in an exact mirror), or"
                + " give the trainer the former topic");
  }

  @Test
  void shouldTellATopicFromACluster() {
    // given
    now.set(RECREATED);
    assertThat(guard(OnTopicChange.EARLIEST, FORMER).begin()).contains(Reason.TOPIC_ID);

    // when
    now.set(MIRRORED);
    TopicIdentityVerifier guard = guard(OnTopicChange.KEEP, FORMER);

    // then
    assertThat(guard.begin()).contains(Reason.CLUSTER_ID);
    assertThat(guard.current()).isEqualTo(MIRRORED);
  }

  @Test
  void shouldGiveIdsToACheckpointWithout() {
    // given
    TopicIdentityVerifier guard = guard(OnTopicChange.STOP, TopicIdentity.UNKNOWN);

    // then
    assertThat(guard.begin()).isEmpty();
    assertThat(guard.current()).isEqualTo(FORMER);
  }

  @Test
  void shouldHoldOnToAnIdThatBrokersDoNotGiveNow() {
    // given: an old broker, or another authorizer
    now.set(new TopicIdentity("berlin", null));
    TopicIdentityVerifier guard = guard(OnTopicChange.STOP, FORMER);

    // then
    assertThat(guard.begin()).isEmpty();
    assertThat(guard.current()).isEqualTo(FORMER);
    now.set(new TopicIdentity("paris", null));
    assertThatThrownBy(guard::verify).isInstanceOf(TopicChangedException.class);
  }

  @Test
  void shouldGoOnWhereItMayNotAsk() {
    // given
    trouble = new ClusterAuthorizationException("no");
    TopicIdentityVerifier guard = guard(OnTopicChange.STOP, FORMER);

    // then: and not wait for an answer that never comes
    assertThat(guard.begin()).isEmpty();
    assertThat(guard.current()).isEqualTo(FORMER);
    assertThat(guard.verify()).isTrue();
    trouble = new UnsupportedVersionException("old");
    assertThat(guard.verify()).isTrue();
  }

  @Test
  void shouldSayThatItWasNotAnswered() {
    // given
    TopicIdentityVerifier guard = guard(OnTopicChange.EARLIEST, FORMER);
    assertThat(guard.begin()).isEmpty();

    // when
    trouble = new TimeoutException("busy");

    // then
    assertThat(guard.verify()).isFalse();
    trouble = new ClusterAuthorizationException("not any more");
    assertThat(guard.verify()).isFalse();
    trouble = null;
    assertThat(guard.verify()).isTrue();
  }

  @Test
  void shouldNotBeginWithoutAnAnswer() {
    // given
    trouble = new TimeoutException("nobody there");

    // then
    assertThatThrownBy(guard(OnTopicChange.STOP, FORMER)::begin)
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void shouldEndWhenTheTopicIsMadeAnewWhileItRuns() {
    // given
    TopicIdentityVerifier guard = guard(OnTopicChange.EARLIEST, FORMER);
    assertThat(guard.begin()).isEmpty();
    assertThat(guard.verify()).isTrue();
    trouble = new UnknownTopicOrPartitionException("deleted");
    assertThat(guard.verify()).isTrue();
    trouble = null;

    // when
    now.set(RECREATED);

    // then
    assertThatThrownBy(guard::verify)
        .isInstanceOf(TopicChangedException.class)
        .hasMessageContaining("it has id bbb in cluster berlin, and had id aaa")
        .hasMessageEndingWith(
            "; the trainer ends, and its next start does as on-topic-change says: earliest");
  }

  private TopicIdentityVerifier guard(OnTopicChange onChange, TopicIdentity saved) {
    return new TopicIdentityVerifier(
        "labeled-views",
        onChange,
        patience -> {
          if (trouble != null) {
            throw trouble;
          }
          return now.get();
        },
        saved);
  }
}
