package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.trainer.predict.PredictionMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The prediction endpoint's metrics as meters. */
public final class MicrometerPredictionMetrics implements PredictionMetrics {
  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Timer duration;

  public MicrometerPredictionMetrics(MeterRegistry registry) {
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          Counter.builder("student.predictions")
              .description("Requests to the prediction endpoint")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    duration =
        Timer.builder("student.prediction.duration")
            .description("A prediction, decoding and waiting for its turn included")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofMillis(1), Duration.ofSeconds(10)))
            .register(registry);
  }

  @Override
  public void answered(Outcome outcome, Duration took) {
    outcomes.get(outcome).increment();
    if (outcome == Outcome.PREDICTED) {
      duration.record(took);
    }
  }
}
