package io.stillstream.bench.comparison;

import java.util.Locale;

/**
 * What a ratio is held against.
 *
 * @param bound the number
 * @param atLeast whether the ratio must reach it, or must not pass it
 */
public record RatioTarget(double bound, boolean atLeast) {

  public static RatioTarget atLeast(double bound) {
    return new RatioTarget(bound, true);
  }

  public static RatioTarget atMost(double bound) {
    return new RatioTarget(bound, false);
  }

  public boolean isMetBy(double ratio) {
    return atLeast ? ratio >= bound : ratio <= bound;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.2f", atLeast ? "≥" : "≤", bound);
  }
}
