package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import java.util.Optional;

/**
 * Who decodes views and builds batches.
 *
 * @param threads beside the training thread, which does it itself with 0; by default 1 on up to 7
 *     processors, then one in {@value #PROCESSORS}, at most {@value #MOST}
 * @param ahead batches that are decoded before they are needed
 */
public record DecodeSettings(Optional<Integer> threads, @Default("2") int ahead) {
  private static final int PROCESSORS = 4;
  private static final int MOST = 4;

  public DecodeSettings {
    threads.ifPresent(value -> SettingRanges.requireNotNegative("threads", value));
    SettingRanges.requireAtLeast(1, "ahead", ahead);
  }

  /**
   * The number of threads.
   *
   * @param processors of the machine
   */
  public int threads(int processors) {
    return threads.orElse(Math.max(1, Math.min(MOST, processors / PROCESSORS)));
  }

  /** The pool, whose threads start with the first task. */
  public DecodePool pool(DecodeMetrics metrics) {
    return DecodePool.create(threads(Runtime.getRuntime().availableProcessors()), ahead, metrics);
  }
}
