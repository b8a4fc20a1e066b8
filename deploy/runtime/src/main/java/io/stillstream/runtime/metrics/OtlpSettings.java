package io.stillstream.runtime.metrics;

import io.micrometer.registry.otlp.AggregationTemporality;
import io.micrometer.registry.otlp.OtlpConfig;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The settings of a collector, as Micrometer asks for them. */
final class OtlpSettings implements OtlpConfig {
  private final MetricsSettings.Otlp settings;
  private final String service;

  OtlpSettings(MetricsSettings.Otlp settings, String service) {
    this.settings = settings;
    this.service = service;
  }

  /** Micrometer would look for what the settings leave open; they leave nothing open. */
  @Override
  public String get(String key) {
    return null;
  }

  @Override
  public String url() {
    return settings.url().toString();
  }

  @Override
  public Duration step() {
    return settings.step();
  }

  @Override
  public Map<String, String> headers() {
    return settings.headers();
  }

  @Override
  public Map<String, String> resourceAttributes() {
    Map<String, String> attributes = new TreeMap<>(OtlpConfig.super.resourceAttributes());
    attributes.putIfAbsent("service.name", service);
    attributes.putAll(settings.resourceAttributes());
    return attributes;
  }

  @Override
  public AggregationTemporality aggregationTemporality() {
    return settings.temporality() == MetricsSettings.Temporality.DELTA
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE;
  }

  /** The unit of Prometheus: what is read off one is what is read off the other. */
  @Override
  public TimeUnit baseTimeUnit() {
    return TimeUnit.SECONDS;
  }
}
