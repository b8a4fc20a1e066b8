package io.stillstream.trainer.session;

import io.stillstream.trainer.training.buffer.TeacherAwareReplay;

/**
 * A student and its buffer at one moment. Nothing changes them any more, so any thread may write
 * them while training continues.
 */
public final class SessionSnapshot {
  private final byte[] weights;
  private final byte[] average;
  private final byte[] optimiser;
  private final TeacherAwareReplay.ReplaySnapshot buffer;

  /** Keeps the arrays. */
  SessionSnapshot(
      byte[] weights, byte[] average, byte[] optimiser, TeacherAwareReplay.ReplaySnapshot buffer) {
    this.weights = weights;
    this.average = average;
    this.optimiser = optimiser;
    this.buffer = buffer;
  }

  byte[] weights() {
    return weights;
  }

  /** The moving average as a {@code .pt} file. */
  public byte[] average() {
    return average;
  }

  byte[] optimiser() {
    return optimiser;
  }

  TeacherAwareReplay.ReplaySnapshot buffer() {
    return buffer;
  }
}
