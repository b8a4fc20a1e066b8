package io.stillstream.runtime.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** Answers that Kafka's own brokers of today do not give; ClientAuthenticationIT has theirs. */
final class AclProbeTest {
  private static final RequiredAcl READ = RequiredAcl.topic(AclOperation.READ, "images", "images");
  private static final RequiredAcl WRITE =
      RequiredAcl.topic(AclOperation.WRITE, "images", "images");
  private static final RequiredAcl CREATE =
      RequiredAcl.topic(AclOperation.CREATE, "images", "once");

  @Test
  void shouldTakeWhatBrokersDoNotTellForAllowed() {
    for (Set<AclOperation> nothing : Arrays.asList(null, Set.<AclOperation>of())) {
      // given: brokers without KIP-430, or with half of it
      AclProbe inquiry =
          new AclProbe(brokers(KafkaFuture.completedFuture(images(nothing))), soon());
      // when, then
      assertThat(inquiry.missing(List.of(READ, WRITE, CREATE))).as("%s", nothing).isEmpty();
      assertThat(inquiry.isAnyTopicUnknown()).isFalse();
      assertThat(inquiry.isAnswered()).isTrue();
    }
    assertThat(failing(new UnsupportedVersionException("too old")).missing(List.of(READ)))
        .isEmpty();
  }

  @Test
  void shouldBelieveBrokersThatTell() {
    // given
    Set<AclOperation> some = Set.of(AclOperation.DESCRIBE, AclOperation.READ);
    AclProbe inquiry = new AclProbe(brokers(KafkaFuture.completedFuture(images(some))), soon());
    // when, then: it is there, so nobody needs to make it
    assertThat(inquiry.missing(List.of(READ, WRITE, CREATE))).containsExactly(WRITE);
  }

  @Test
  void shouldKnowWhetherAnybodyHasAnswered() {
    // given
    AclProbe silence = failing(new DisconnectException("gone"));
    AclProbe late = new AclProbe(brokers(new KafkaFutureImpl<>()), Duration.ofMillis(1));
    AclProbe refusal = failing(new TopicAuthorizationException("no"));
    // when, then
    assertThat(silence.missing(List.of(READ))).isEmpty();
    assertThat(silence.isAnswered()).isFalse();
    assertThat(late.missing(List.of(READ))).isEmpty();
    assertThat(late.isAnswered()).isFalse();
    assertThat(refusal.missing(List.of(READ))).containsExactly(READ);
    assertThat(refusal.isAnswered()).isTrue();
  }

  private static Duration soon() {
    return Duration.ofMinutes(2);
  }

  private static AclProbe failing(RuntimeException problem) {
    KafkaFutureImpl<TopicDescription> future = new KafkaFutureImpl<>();
    future.completeExceptionally(problem);
    return new AclProbe(brokers(future), soon());
  }

  private static TopicDescription images(Set<AclOperation> allowed) {
    return new TopicDescription("images", false, List.of(), allowed);
  }

  /** Brokers that can be asked about one topic, and for nothing else. */
  private static Admin brokers(KafkaFuture<TopicDescription> images) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("describeTopics");
              return new DescribeTopicsResult(null, Map.of("images", images)) {};
            });
  }
}
