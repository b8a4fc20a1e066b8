package io.stillstream.trainer.training.hyperparameters;

import io.stillstream.runtime.config.SettingRanges;
import java.util.regex.Pattern;

/**
 * Where and how libtorch computes.
 *
 * @param device as the setting {@code device} names it
 * @param precision of the module that trains; a moving average and a release always have float32
 * @param threads that one operator may use on the CPU, in the whole process
 */
public record TorchOptions(String device, Precision precision, int threads) {
  private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu\\d{1,3}");

  public TorchOptions {
    require(device, threads);
  }

  /**
   * Checks settings.
   *
   * @throws IllegalArgumentException naming the key, if one cannot be
   */
  public static void require(String device, int threads) {
    SettingRanges.requireAtLeast(1, "threads", threads);
    if (!DEVICE.matcher(device).matches()) {
      throw new IllegalArgumentException(
          "device must be auto, cpu or a GPU such as gpu0, was " + device);
    }
  }

  /** On the CPU, in float32. */
  public static TorchOptions cpu(int threads) {
    return new TorchOptions("cpu", Precision.FLOAT32, threads);
  }
}
