package io.stillstream.runtime.config;

import java.time.Duration;

/**
 * Checks of the ranges of settings. Each throws an {@link IllegalArgumentException} whose message
 * names the key, as it is written in a file, the rule and the value. No rule passes NaN or infinite
 * numbers.
 */
public final class SettingRanges {
  private SettingRanges() {}

  public static void requireText(String key, String value) {
    require(!value.isBlank(), key + " must not be empty");
  }

  public static void requireAtLeast(long least, String key, long value) {
    require(value >= least, key + " must be at least " + least + ", was " + value);
  }

  public static void requireAtLeast(Duration least, String key, Duration value) {
    require(
        value.compareTo(least) >= 0,
        key + " must be at least " + least.toSeconds() + "s, was " + value.toMillis() + "ms");
  }

  public static void requireWithin(long least, long most, String key, long value) {
    require(
        value >= least && value <= most,
        key + " must be within " + least + " and " + most + ", was " + value);
  }

  public static void requirePositive(String key, double value) {
    require(value > 0 && Double.isFinite(value), key + " must be positive, was " + value);
  }

  public static void requirePositive(String key, Duration value) {
    require(
        !value.isZero() && !value.isNegative(),
        key + " must be positive, was " + value.toMillis() + "ms");
  }

  public static void requireNotNegative(String key, double value) {
    require(value >= 0 && Double.isFinite(value), key + " must not be negative, was " + value);
  }

  public static void requireNotNegative(String key, long value) {
    require(value >= 0, key + " must not be negative, was " + value);
  }

  public static void requireNotNegative(String key, Duration value) {
    require(!value.isNegative(), key + " must not be negative, was " + value.toMillis() + "ms");
  }

  /** From 0 to 1, both included. */
  public static void requireShare(String key, double value) {
    require(value >= 0 && value <= 1, key + " must be within 0 and 1, was " + value);
  }

  /** From 0 to 1, 0 not included. */
  public static void requirePositiveShare(String key, double value) {
    require(value > 0 && value <= 1, key + " must be above 0 and at most 1, was " + value);
  }

  /** From 0 to 1, 1 not included. */
  public static void requireShareBelowOne(String key, double value) {
    require(value >= 0 && value < 1, key + " must be at least 0 and below 1, was " + value);
  }

  private static void require(boolean isMet, String message) {
    if (!isMet) {
      throw new IllegalArgumentException(message);
    }
  }
}
