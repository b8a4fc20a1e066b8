package io.stillstream.labeler.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;

/** Metrics of teachers that servers compute as Micrometer meters. */
public final class MicrometerRemoteTeacherMetrics implements RemoteTeacherMetrics {
  private final MeterRegistry registry;
  private final Timer requests;

  public MicrometerRemoteTeacherMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.requests =
        Timer.builder("teacher.remote.request.duration")
            .description("A request for inference at a teacher's server, until its answer")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofMillis(1), Duration.ofSeconds(30)))
            .register(registry);
  }

  @Override
  public void request(Duration took) {
    requests.record(took);
  }

  @Override
  public void retry(String code) {
    Counter.builder("teacher.remote.retries")
        .description("Requests at a teacher's server that failed in a way that may pass")
        .tag("code", code)
        .register(registry)
        .increment();
  }
}
