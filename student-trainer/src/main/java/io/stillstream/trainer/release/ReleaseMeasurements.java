package io.stillstream.trainer.release;

import java.util.Map;
import java.util.Optional;

/**
 * What is measured of a student for the card of its release.
 *
 * @param metrics by name; fractions from 0 to 1
 * @param confusion empty where it has no classes, too many, or there were no images
 */
public record ReleaseMeasurements(
    Map<String, Double> metrics, Optional<ReleaseConfusion> confusion) {
  /** Nothing was measured. */
  public static final ReleaseMeasurements NONE =
      new ReleaseMeasurements(Map.of(), Optional.empty());

  public ReleaseMeasurements {
    metrics = Map.copyOf(metrics);
  }
}
