package io.stillstream.trainer.training;

import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.DataOutputStream;

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
  public void saveOptimiser(DataOutputStream out) {}

  @Override
  public double rateFactor() {
    return 1;
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
