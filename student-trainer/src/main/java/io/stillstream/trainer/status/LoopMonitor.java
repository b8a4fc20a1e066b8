package io.stillstream.trainer.status;

import io.stillstream.runtime.augmentation.AugmentationStatistics;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * What other threads can read of the training loop.
 *
 * @param status the latest published by the loop
 * @param heartbeat of the loop
 * @param confusion computed by the loop on request
 * @param augmentation counted by the loop, since the start
 */
public record LoopMonitor(
    AtomicReference<TrainerStatus> status,
    Heartbeat heartbeat,
    ConfusionMatrixCache confusion,
    AugmentationStatistics augmentation) {
  /**
   * The monitor of a loop that has not been opened.
   *
   * @param nanos a clock for durations
   */
  public static LoopMonitor create(LongSupplier nanos) {
    return new LoopMonitor(
        new AtomicReference<>(TrainerStatus.INITIAL),
        new Heartbeat(nanos),
        new ConfusionMatrixCache(),
        new AugmentationStatistics());
  }
}
