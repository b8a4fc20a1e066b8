package io.stillstream.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.health.Health.Check;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class HealthMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.of());

  @Test
  void shouldFollowHealth() {
    // given
    health.set(Health.of(Check.liveness("loop", true, ""), Check.readiness("broker", true, "")));
    HealthMeters.bind(registry, health::get).bindChecks();
    assertThat(value("stillstream.health.live")).isEqualTo(1);
    assertThat(value("stillstream.health.ready")).isEqualTo(1);
    assertThat(check("broker")).isEqualTo(1);

    // when
    health.set(Health.of(Check.liveness("loop", true, ""), Check.readiness("broker", false, "")));

    // then
    assertThat(value("stillstream.health.live")).isEqualTo(1);
    assertThat(value("stillstream.health.ready")).isZero();
    assertThat(check("broker")).isZero();
    assertThat(check("loop")).isEqualTo(1);

    // when
    health.set(Health.of(Check.liveness("loop", false, "")));

    // then
    assertThat(value("stillstream.health.live")).isZero();
    assertThat(check("broker")).isNaN();
  }

  @Test
  void shouldTellOfReadinessBeforeChecksAreKnown() {
    // given
    health.set(Health.of(Check.readiness("loop", false, "not started")));

    // when
    HealthMeters meters = HealthMeters.bind(registry, health::get);

    // then
    assertThat(value("stillstream.health.ready")).isZero();
    assertThat(registry.find("stillstream.health.check").gauge()).isNull();

    // when
    meters.bindChecks();

    // then
    assertThat(check("loop")).isZero();
  }

  private double check(String name) {
    return registry.get("stillstream.health.check").tag("check", name).gauge().value();
  }

  private double value(String name) {
    return registry.get(name).gauge().value();
  }
}
