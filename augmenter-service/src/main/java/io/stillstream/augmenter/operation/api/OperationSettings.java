package io.stillstream.augmenter.operation.api;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.settings.SettingsReader;

/** Settings that several operations have. */
public final class OperationSettings {
  /** Longest side that a policy may ask for, pixels. */
  public static final int MAX_SIDE = 16_384;

  private OperationSettings() {}

  /** {@code height} and {@code width}, both required, 1 to {@link #MAX_SIDE}. */
  public static ImageSize size(SettingsReader settings, String meaning) {
    return new ImageSize(
        settings.requiredInteger("height", 1, MAX_SIDE, meaning),
        settings.requiredInteger("width", 1, MAX_SIDE, meaning));
  }

  /**
   * Grey level {@code fill}, 0 to 255. The default 0 is no part of the canonical form: the setting
   * is younger than the operations, and policies without it keep their hashes.
   */
  public static int fill(SettingsReader settings, String meaning) {
    return settings.unrecordedDefault("fill", 0, 0, 255, meaning + ", all channels");
  }
}
