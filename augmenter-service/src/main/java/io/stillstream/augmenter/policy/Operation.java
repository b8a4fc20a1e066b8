package io.stillstream.augmenter.policy;

import java.util.SortedMap;

/**
 * One operation of a policy, with the ranges that its values are drawn from. Drawing and applying
 * are apart: {@link #draw} writes down the values, and {@link OperationType#apply} turns a frame
 * into a frame from those values alone, so a recipe replays without the policy and without
 * randomness.
 */
interface Operation {

  /** What it does. */
  OperationType type();

  /** Probability that it is applied, 0 to 1. */
  double probability();

  /**
   * Draws the values of one application.
   *
   * @param random takes a fixed number of numbers from it
   * @param size size of the image at this point of the chain
   */
  Step draw(RandomStream random, Size size);

  /**
   * The settings with all defaults filled in, without {@code p}: numbers and lists of numbers by
   * parameter name.
   */
  SortedMap<String, Object> settings();
}
