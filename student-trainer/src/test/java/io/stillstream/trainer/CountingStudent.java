package io.stillstream.trainer;

import io.stillstream.trainer.session.StudentLoader;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.StubStudent;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A student that counts its steps: the count is its weights. It predicts class 0. */
final class CountingStudent extends StubStudent {
  private long steps;
  private boolean diverges;

  private CountingStudent(long steps) {
    this.steps = steps;
  }

  /** Makes such students. */
  static final class Loader implements StudentLoader {
    private CountingStudent current;

    CountingStudent current() {
      return current;
    }

    @Override
    public Student untrained() {
      current = new CountingStudent(0);
      return current;
    }

    @Override
    public Student resume(
        byte[] weights, byte[] average, Optional<byte[]> projection, DataInputStream optimiser) {
      current = new CountingStudent(ByteBuffer.wrap(weights).getLong());
      return current;
    }
  }

  void diverges(boolean next) {
    diverges = next;
  }

  @Override
  public StepReport update(TrainingBatch batch, long step) {
    if (diverges) {
      return new StepReport(
          Double.NaN, 0, 0, Double.NaN, 0.004, true, new float[batch.size() * batch.classes()]);
    }
    steps++;
    return new StepReport(1, 1, 0, 1, 0.004, false, new float[batch.size() * batch.classes()]);
  }

  @Override
  public float[] predict(TrainingBatch batch) {
    return new float[batch.size() * batch.classes()];
  }

  @Override
  public byte[] weights() {
    return ByteBuffer.allocate(Long.BYTES).putLong(steps).array();
  }

  @Override
  public byte[] average() {
    return weights();
  }
}
