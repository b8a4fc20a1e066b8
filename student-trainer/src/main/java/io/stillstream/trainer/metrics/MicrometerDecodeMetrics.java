package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import java.time.Duration;

/** The metrics of decoding as meters. */
public final class MicrometerDecodeMetrics implements DecodeMetrics {
  private final Timer wait;
  private final Timer duration;

  public MicrometerDecodeMetrics(MeterRegistry registry) {
    wait =
        Timer.builder("student.decode.wait")
            .description("How long training waited for records and batches, or made them itself")
            .register(registry);
    duration =
        Timer.builder("student.decode.duration")
            .description("How long threads of the pool worked on records and batches")
            .register(registry);
  }

  @Override
  public void waited(Duration took) {
    wait.record(took);
  }

  @Override
  public void decoded(Duration took) {
    duration.record(took);
  }
}
