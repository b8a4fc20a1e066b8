package io.stillstream.faults.experiment;

import java.time.Duration;

/**
 * How long and how much.
 *
 * @param rate images per second while something happens
 * @param freeze how long a process stands that no group gives up
 * @param away how long a broker or registry is away, or a disk full
 * @param storm how long comings and goings, or slowness, last
 * @param images of the random kills
 */
public record ExperimentScale(
    int rate, Duration freeze, Duration away, Duration storm, int images) {
  public static final ExperimentScale FULL =
      new ExperimentScale(
          25, Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofSeconds(45), 10_000);
  public static final ExperimentScale BRIEF =
      new ExperimentScale(
          25, Duration.ofSeconds(8), Duration.ofSeconds(5), Duration.ofSeconds(10), 600);
}
