package io.stillstream.runtime.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.health.Health.Check;
import java.util.function.Supplier;

/**
 * Health as meters, so that alerts can rest on it: {@code stillstream.health.live}, {@code
 * stillstream.health.ready} and {@code stillstream.health.check{check}}, each 1 while it is good
 * and 0 while it is not.
 */
public final class HealthMeters {
  private final MeterRegistry registry;
  private final Supplier<Health> health;

  private HealthMeters(MeterRegistry registry, Supplier<Health> health) {
    this.registry = registry;
    this.health = health;
  }

  /** Registers the two that are there from the beginning. */
  public static HealthMeters bind(MeterRegistry registry, Supplier<Health> health) {
    Gauge.builder("stillstream.health.live", () -> number(health.get().live()))
        .description("1, or 0 when only a restart helps")
        .register(registry);
    Gauge.builder("stillstream.health.ready", () -> number(health.get().ready()))
        .description("1, or 0 while the service cannot work")
        .register(registry);
    return new HealthMeters(registry, health);
  }

  /** Registers one for each check; a service knows all of its checks when it has started. */
  public void bindChecks() {
    health.get().checks().stream().map(Check::name).distinct().forEach(this::bindCheck);
  }

  private void bindCheck(String name) {
    Gauge.builder("stillstream.health.check", () -> value(name))
        .description("1 while the check passes, else 0")
        .tag("check", name)
        .register(registry);
  }

  private double value(String name) {
    return health.get().checks().stream()
        .filter(check -> check.name().equals(name))
        .mapToDouble(check -> number(check.ok()))
        .min()
        .orElse(Double.NaN);
  }

  private static double number(boolean good) {
    return good ? 1 : 0;
  }
}
