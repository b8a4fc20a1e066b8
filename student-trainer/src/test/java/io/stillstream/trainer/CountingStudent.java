package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.trainer.session.StudentLoader;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.StubStudent;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A student that counts its steps: the count is its weights. It predicts class 0, and knows what it
 * was trained on.
 */
final class CountingStudent extends StubStudent {
  private long steps;
  private boolean diverges;
  private final List<String> batches = new ArrayList<>();

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

  /** Checksums of inputs and targets, with the views of each step and each prediction. */
  List<String> batches() {
    return batches;
  }

  private void log(String what, TrainingBatch batch) {
    CRC32 checksum = new CRC32();
    checksum.update(batch.input().duplicate());
    checksum.update(Arrays.toString(batch.targets().logits()).getBytes(UTF_8));
    checksum.update(Arrays.toString(batch.targets().labels()).getBytes(UTF_8));
    batches.add(what + " " + batch.size() + " " + checksum.getValue());
  }

  @Override
  public StepReport update(TrainingBatch batch, long step) {
    log("step " + step, batch);
    if (diverges) {
      return new StepReport(
          Double.NaN, 0, 0, Double.NaN, 0.004, true, new float[batch.size() * batch.classes()]);
    }
    steps++;
    return new StepReport(1, 1, 0, 1, 0.004, false, new float[batch.size() * batch.classes()]);
  }

  @Override
  public float[] predict(TrainingBatch batch) {
    log("predict", batch);
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
