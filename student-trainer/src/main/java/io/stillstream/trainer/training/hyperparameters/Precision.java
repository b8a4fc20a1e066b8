package io.stillstream.trainer.training.hyperparameters;

/**
 * The type of numbers that the convolutions and matrix products of a training student compute with.
 */
public enum Precision {
  /** As everything else does. */
  FLOAT32,

  /** Eight bits of exponent as float32 has, and eight of significand: half the bytes. */
  BFLOAT16
}
