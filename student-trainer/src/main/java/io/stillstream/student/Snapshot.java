package io.stillstream.student;

import io.stillstream.student.training.Replay;

/**
 * A student and its buffer at one moment. Nothing changes them any more, so any thread may write
 * them while training goes on.
 */
final class Snapshot {
  private final byte[] weights;
  private final byte[] average;
  private final byte[] optimiser;
  private final Replay.Snapshot buffer;

  /** Keeps the arrays. */
  Snapshot(byte[] weights, byte[] average, byte[] optimiser, Replay.Snapshot buffer) {
    this.weights = weights;
    this.average = average;
    this.optimiser = optimiser;
    this.buffer = buffer;
  }

  byte[] weights() {
    return weights;
  }

  /** The moving average as a {@code .pt} file. */
  byte[] average() {
    return average;
  }

  byte[] optimiser() {
    return optimiser;
  }

  Replay.Snapshot buffer() {
    return buffer;
  }
}
