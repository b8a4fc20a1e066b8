package io.stillstream.runtime.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * The time from a picture's capture to the end of a stage: {@code stillstream.pipeline.age{stage}},
 * in buckets from 10 ms to 7 days. {@code capturedAt} comes from outside and may be any moment: an
 * age that no picture has is counted as {@code stillstream.pipeline.age.implausible{stage,kind}},
 * and is left out of the histogram, whose sum it would spoil. Never throws.
 */
public final class PipelineAgeTimer {
  /** Greatest age; the zero of Unix, Windows, .NET and Go lies further back. */
  static final Duration OLDEST = Duration.ofDays(50 * 365);

  /** How far a clock may be ahead of ours; such an age is zero. */
  static final Duration AHEAD = Duration.ofMinutes(5);

  private final Timer timer;
  private final Counter past;
  private final Counter future;

  /**
   * @param stage what a picture has behind it, such as {@code labeled}
   */
  public PipelineAgeTimer(MeterRegistry registry, String stage) {
    timer = ServiceMetrics.ageTimer(registry, stage);
    past = implausible(registry, stage, "past");
    future = implausible(registry, stage, "future");
  }

  /**
   * Takes notice of a picture.
   *
   * @param age negative if it was captured by a clock that is ahead
   */
  public void record(Duration age) {
    if (age.compareTo(OLDEST) > 0) {
      past.increment();
    } else if (age.plus(AHEAD).isNegative()) {
      future.increment();
    } else {
      timer.record(age.isNegative() ? Duration.ZERO : age);
    }
  }

  private static Counter implausible(MeterRegistry registry, String stage, String kind) {
    return Counter.builder("stillstream.pipeline.age.implausible")
        .description("Pictures captured more than 50 years ago, or more than 5 minutes from now")
        .tag("stage", stage)
        .tag("kind", kind)
        .register(registry);
  }
}
