package io.stillstream.labeler.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LabelerHealthTest {
  private static final TopicPartition P0 = new TopicPartition("views", 0);
  private static final TopicPartition P1 = new TopicPartition("views", 1);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the clock may wrap
  private final AtomicReference<LabelerStatus> status =
      new AtomicReference<>(LabelerStatus.starting(nanos.get()).withSchemaRegistered());
  private boolean running = true;
  private OptionalDouble heartbeat = OptionalDouble.of(2);
  private final LabelerHealth health =
      new LabelerHealth(
          status::get,
          nanos::get,
          () -> running,
          Duration.ofMinutes(5),
          () -> heartbeat,
          () -> Check.readiness("teacher", true, "resnet version 3"),
          () -> Check.readiness("access", true, "allowed"),
          () -> Optional.of(Check.readiness("budget", true, "fraction 0.5")));

  @Test
  void shouldBeUpWhenAllIsWell() {
    assertThat(health.health().checks()).allMatch(Check::ok);
    assertThat(health.health().checks())
        .extracting(Check::name)
        .containsExactly("loop", "teacher", "broker", "access", "offsets", "registry", "budget");
    assertThat(detail("teacher")).isEqualTo("resnet version 3");
  }

  @Test
  void shouldNotBeReadyWhileTheTeacherIsAway() {
    // when
    status.set(status.get().withTeacherError(Optional.of("grpc://t:1/m: UNAVAILABLE")));

    // then
    assertThat(isUp("teacher")).isFalse();
    assertThat(detail("teacher")).isEqualTo("grpc://t:1/m: UNAVAILABLE");

    // when
    status.set(status.get().withTeacherError(Optional.empty()));

    // then
    assertThat(isUp("teacher")).isTrue();
  }

  @Test
  void shouldNotBeAliveWithoutAPoll() {
    // when
    tick(Duration.ofMinutes(5));

    // then
    assertThat(isUp("loop")).isFalse();

    // when
    status.set(status.get().withPoll(nanos.get()));

    // then
    assertThat(isUp("loop")).isTrue();

    // when
    running = false;

    // then
    assertThat(isUp("loop")).isFalse();
    assertThat(detail("loop")).isEqualTo("not running");
  }

  @Test
  void shouldReportWhyTransactionsFail() {
    // when
    status.set(status.get().withBrokerError(Optional.of("no leader")));

    // then
    assertThat(isUp("broker")).isFalse();
    assertThat(detail("broker")).isEqualTo("no leader");
  }

  @Test
  void shouldNotBeReadyWithoutAHeartbeat() {
    // when
    heartbeat = OptionalDouble.of(16);

    // then
    assertThat(isUp("broker")).isFalse();

    // when
    heartbeat = OptionalDouble.empty();

    // then
    assertThat(isUp("broker")).isFalse();
    assertThat(detail("broker")).isEqualTo("not yet a member of the group");
  }

  @Test
  void shouldReportTheRegistry() {
    // when
    status.set(LabelerStatus.starting(nanos.get()));

    // then
    assertThat(isUp("registry")).isFalse();
    assertThat(detail("registry")).isEqualTo("not yet asked");

    // when
    status.set(
        status.get().withSchemaRegistered().withRegistryError(Optional.of("connection refused")));

    // then
    assertThat(isUp("registry")).isFalse();
    assertThat(detail("registry")).isEqualTo("connection refused");
  }

  @Test
  void shouldReportOffsetsThatStayUnresolvedSinceTheFirstOfThem() {
    // given
    unresolved(P0);
    tick(Duration.ofSeconds(10));
    unresolved(P0, P1);

    // when
    tick(Duration.ofSeconds(5));

    // then
    assertThat(isUp("offsets")).isTrue();

    // when
    tick(Duration.ofNanos(1));

    // then
    assertThat(isUp("offsets")).isFalse();
    assertThat(detail("offsets")).contains("views-0", "views-1");

    // when
    unresolved();
    unresolved(P1);

    // then
    assertThat(isUp("offsets")).isTrue();
  }

  private void unresolved(TopicPartition... partitions) {
    status.set(status.get().withUnresolvedOffsets(Set.of(partitions), nanos.get()));
  }

  private void tick(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private boolean isUp(String name) {
    return check(name).ok();
  }

  private String detail(String name) {
    return check(name).detail();
  }

  private Check check(String name) {
    return health.health().checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
