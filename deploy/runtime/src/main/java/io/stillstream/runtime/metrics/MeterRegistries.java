package io.stillstream.runtime.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.stillstream.runtime.config.SecretRedactor;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registries of a process: the one that the management endpoint shows, and one that sends to a
 * collector where that is switched on. A collector that is away costs a line in the log per step,
 * and what would have been sent; counts are whole again with the next.
 */
public final class MeterRegistries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeterRegistries.class);

  private final PrometheusMeterRegistry prometheus;
  private final MeterRegistry all;
  private final JvmGcMetrics process;

  private MeterRegistries(PrometheusMeterRegistry prometheus, MeterRegistry all) {
    this.prometheus = prometheus;
    this.all = all;
    process = ServiceMetrics.bindProcess(all);
  }

  /**
   * Opens the registries that the settings ask for.
   *
   * @param service what a collector is to know the process by
   */
  public static MeterRegistries open(MetricsSettings settings, String service) {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    if (settings.otlp().isEmpty()) {
      return new MeterRegistries(prometheus, prometheus);
    }
    OtlpSettings otlp = new OtlpSettings(settings.otlp().get(), service);
    LOG.atInfo()
        .addKeyValue("url", SecretRedactor.redact("url", otlp.url()))
        .addKeyValue("step", otlp.step())
        .log("metrics go to a collector, too");
    return new MeterRegistries(
        prometheus,
        new CompositeMeterRegistry(
            Clock.SYSTEM, List.of(prometheus, new OtlpMeterRegistry(otlp, Clock.SYSTEM))));
  }

  /** What services register their meters with. */
  public MeterRegistry all() {
    return all;
  }

  /** What the management endpoint shows. */
  public PrometheusMeterRegistry prometheus() {
    return prometheus;
  }

  /** Sends what is new for a last time, and closes all. */
  @Override
  public void close() {
    process.close();
    all.close();
  }
}
