package io.stillstream.trainer.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * What the training thread has spent its time on since the process started, in seconds. Two answers
 * give the shares in between; the rest is waiting for views, and all else.
 *
 * @param steps optimiser steps, building their batches included
 * @param decodeWait waiting for records and batches that were not decoded yet; mostly part of steps
 * @param evaluation passes over the held-out set
 * @param checkpoints taking and publishing checkpoints and releases
 */
record TrainingTime(double steps, double decodeWait, double evaluation, double checkpoints) {
  static TrainingTime of(MeterRegistry meters) {
    return new TrainingTime(
        seconds(meters, "student.step.duration"),
        seconds(meters, "student.decode.wait"),
        seconds(meters, "student.held.out.duration"),
        seconds(meters, "student.checkpoint.stall"));
  }

  private static double seconds(MeterRegistry meters, String name) {
    Timer timer = meters.find(name).timer();
    return timer == null ? 0 : timer.totalTime(TimeUnit.SECONDS);
  }
}
