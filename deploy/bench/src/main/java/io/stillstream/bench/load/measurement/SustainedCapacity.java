package io.stillstream.bench.load.measurement;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What a pipeline can take in the long run: first as fast as it goes with a bounded number under
 * way, then at constant rates, until no more come in than go out.
 *
 * @param sustained images per second; NaN if it kept up with none of the rates tried
 * @param isBounded whether a higher rate was tried, and was too much
 * @param tries all measurements, in turn
 */
public record SustainedCapacity(double sustained, boolean isBounded, List<LoadMeasurement> tries) {
  private static final int MOST_TRIES = 5;

  /** A constant rate leaves less room than a closed loop, where nothing has to be caught up. */
  private static final double DOWN = 0.95;

  /** A pipeline that was still warming up in the closed loop can take more than it did there. */
  private static final double UP = 1.1;

  /**
   * Looks for it.
   *
   * @param closed as fast as it goes
   * @param open at a rate
   */
  public static SustainedCapacity find(
      LoadMeasurement closed, DoubleFunction<LoadMeasurement> open) {
    List<LoadMeasurement> tries = new ArrayList<>(List.of(closed));
    double sustained = Double.NaN;
    boolean falling = false;
    boolean bounded = false;
    double rate = DOWN * closed.settledRate();
    for (int i = 0; i < MOST_TRIES; i++) {
      LoadMeasurement tried = open.apply(rate);
      tries.add(tried);
      if (tried.keptUp() && !tried.sent().isLimit()) {
        sustained = rate;
        if (falling) {
          break;
        }
        rate *= UP;
      } else {
        bounded |= !tried.keptUp();
        if (!Double.isNaN(sustained)) {
          break;
        }
        falling = true;
        rate *= DOWN;
      }
    }
    return new SustainedCapacity(sustained, bounded, List.copyOf(tries));
  }
}
