package io.stillstream.trainer.training.hyperparameters;

import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;

/**
 * The learning rate of every step. It depends on the step's number alone, so there is nothing to
 * save. With warm-up W, base b and step s from 1: b·s/W up to step W, and behind it
 *
 * <ul>
 *   <li>constant: b
 *   <li>cosine with restarts (SGDR, Loshchilov and Hutter 2017): f·b + (1 − f)·b·(1 + cos(π·t/P))/2
 *       at step t from 0 of a cycle of P steps, each {@code growth} times as long as the one before
 *   <li>inverse square root (Vaswani et al. 2017): b·√(W/s)
 * </ul>
 */
public final class LearningRateSchedule {
  private final double base;
  private final ScheduleSettings settings;

  /**
   * @param base the rate that everything is relative to
   */
  public LearningRateSchedule(double base, ScheduleSettings settings) {
    this.base = base;
    this.settings = settings;
  }

  /**
   * The rate.
   *
   * @param step from 1
   */
  public double rate(long step) {
    long warmUp = settings.warmUp();
    if (step <= warmUp) {
      return base * step / warmUp;
    }
    return switch (settings.kind()) {
      case CONSTANT -> base;
      case COSINE -> base * cosine(step - 1 - warmUp);
      case INVERSE_SQUARE_ROOT -> base * Math.sqrt((double) warmUp / step);
    };
  }

  private double cosine(long steps) {
    long cycle = settings.period();
    long into = steps;
    if (settings.growth() == 1) {
      into %= cycle;
    }
    while (into >= cycle) {
      into -= cycle;
      cycle =
          cycle > Long.MAX_VALUE / settings.growth() ? Long.MAX_VALUE : cycle * settings.growth();
    }
    double floor = settings.floor();
    return floor + (1 - floor) * (1 + Math.cos(Math.PI * into / cycle)) / 2;
  }
}
