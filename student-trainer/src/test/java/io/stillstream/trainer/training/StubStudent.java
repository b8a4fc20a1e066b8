package io.stillstream.trainer.training;

import io.stillstream.trainer.training.example.TrainingBatch;

/** A student without weights, of which a test says how it learns and what it predicts. */
public abstract class StubStudent implements Student {
  @Override
  public void probe(TrainingBatch batch) {}

  @Override
  public void dryRun(TrainingBatch batch) {}

  @Override
  public byte[] weights() {
    return new byte[0];
  }

  @Override
  public byte[] average() {
    return new byte[0];
  }

  @Override
  public byte[] optimiser() {
    return new byte[0];
  }

  @Override
  public void rateFactor(double factor) {}

  @Override
  public void restartAverage(long step) {}

  @Override
  public StudentSnapshot snapshot() {
    return () -> {};
  }

  @Override
  public void restore(StudentSnapshot snapshot) {}

  @Override
  public void close() {}
}
