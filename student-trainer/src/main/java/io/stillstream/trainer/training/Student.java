package io.stillstream.trainer.training;

import io.stillstream.trainer.training.example.TrainingBatch;
import java.util.Optional;

/** A model that learns, with a moving average of itself that answers. */
public interface Student extends AutoCloseable {
  /**
   * Tries the student on a batch.
   *
   * @throws IllegalArgumentException if its answer has another shape than is compared, or is not
   *     finite, with the reason
   */
  void probe(TrainingBatch batch);

  /**
   * Derives the loss of a batch, and changes nothing.
   *
   * @throws RuntimeException as {@link #update} would
   */
  void dryRun(TrainingBatch batch);

  /**
   * One optimiser step. If it throws, the student is what it was before.
   *
   * @param step its number, from 1
   * @return with {@code skipped}, if loss or gradients were not finite: weights, running
   *     statistics, average and optimiser are untouched then
   * @throws BrokenStudentException if it is not what it was before
   */
  StepReport update(TrainingBatch batch, long step);

  /** Answers of the moving average as they are compared with the teacher's, row by row. */
  float[] predict(TrainingBatch batch);

  /** The weights as a file that can be trained on. */
  byte[] weights();

  /** The moving average as a file. */
  byte[] average();

  /** The projection of its embeddings as bytes, with its moving average; empty without one. */
  default Optional<byte[]> projection() {
    return Optional.empty();
  }

  /** The optimiser's memory, and the factor of the rate. */
  byte[] optimiser();

  /**
   * Lets all steps from now on have the rate of the schedule times this, which is 1 at first.
   *
   * @param factor positive
   */
  void rateFactor(double factor);

  /**
   * Lets the moving average warm up anew after a step: its decay is then as small as at first.
   *
   * @param step 0 for the very first
   */
  void restartAverage(long step);

  /** A copy of weights, running statistics, moving average and the optimiser's memory. */
  StudentSnapshot snapshot();

  /** Becomes what a snapshot of this student holds, but for the factor of the rate. */
  void restore(StudentSnapshot snapshot);

  /** A student at one moment; to be closed. */
  interface StudentSnapshot extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  void close();
}
