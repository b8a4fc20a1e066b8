package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.BrokenStudentException;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LearningRateSchedule;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A student in libtorch: the module that trains, its moving average, and the optimiser. Everything
 * random in a step is seeded from the step's number, so that a resumed training goes on bit for
 * bit. To be used by the thread that made it.
 */
public final class TorchStudent implements Student {
  private final Hyperparameters hyperparameters;
  private final NDManager manager;
  private final StudentModule module;
  private final StudentModule average;
  private final Optimiser optimiser;
  private final MovingAverage averaging;
  private final LearningRateSchedule schedule;
  private final BackwardPass backward;
  private double rateFactor = 1;
  private long averageSince;

  private TorchStudent(
      NDManager manager, Hyperparameters hyperparameters, byte[] weights, byte[] averaged) {
    this.manager = manager;
    this.hyperparameters = hyperparameters;
    this.module = StudentModule.load(manager, weights);
    this.average = StudentModule.load(manager, averaged);
    this.average.train(false);
    if (!module.signature().equals(average.signature())) {
      throw new IllegalArgumentException("the average is of another module");
    }
    OptimiserSettings settings = hyperparameters.optimiser();
    this.optimiser = Optimiser.create(settings, manager, module.weights());
    this.schedule = new LearningRateSchedule(settings.learningRate(), settings.schedule());
    this.averaging = new MovingAverage(module, average, hyperparameters.maxDecay());
    this.backward = new BackwardPass(manager, module, hyperparameters);
  }

  /**
   * Begins with an untrained module, which is its own average.
   *
   * @param file bytes of a scripted {@code .pt} file
   * @param threads that one operator may use, in the whole process
   * @throws IllegalArgumentException if it cannot be trained, with the reason
   */
  public static TorchStudent begin(byte[] file, Hyperparameters hyperparameters, int threads) {
    return open(file, file, hyperparameters, threads);
  }

  /**
   * Continues from what {@link #weights}, {@link #average} and {@link #optimiser} gave.
   *
   * @throws IllegalArgumentException if the parts do not belong together
   */
  public static TorchStudent resume(
      byte[] weights,
      byte[] average,
      DataInputStream optimiser,
      Hyperparameters hyperparameters,
      int threads) {
    TorchStudent student = open(weights, average, hyperparameters, threads);
    try {
      student.rateFactor = student.optimiser.state().restore(optimiser);
      return student;
    } catch (IOException e) {
      student.close();
      throw new IllegalArgumentException("the optimiser's state: " + e.getMessage(), e);
    }
  }

  private static TorchStudent open(
      byte[] weights, byte[] average, Hyperparameters hyperparameters, int threads) {
    NDManager manager = Libtorch.open(threads);
    try {
      return new TorchStudent(manager, hyperparameters, weights, average);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Runs two views of grey through the module, and back.
   *
   * @throws IllegalArgumentException if it fails, has another shape than described, or answers with
   *     something that is not finite
   */
  @Override
  public void probe(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      StudentOutput.require(average.forward(scope, batch), batch);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("it cannot take its own input: " + e.getMessage(), e);
    }
    probeGradients(batch);
  }

  private void probeGradients(TrainingBatch batch) {
    try {
      dryRun(batch);
    } catch (RuntimeException e) {
      if (!module.makeContiguous()) {
        throw new IllegalArgumentException("it has no gradients: " + e.getMessage(), e);
      }
      average.makeContiguous();
      probeGradients(batch);
    }
  }

  @Override
  public void dryRun(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      TensorBackup before = new TensorBackup(scope, module.buffers().values());
      try {
        BackwardPass.Losses unused = backward.run(batch);
      } finally {
        before.restore();
        try (Gradients gradients = new Gradients(module.weights())) {
          gradients.clear();
        }
      }
    }
  }

  @Override
  public StepReport update(TrainingBatch batch, long step) {
    double rate = schedule.rate(step) * rateFactor;
    try (NDManager scope = manager.newSubManager()) {
      Libtorch.seed(seed(step));
      TensorBackup before = new TensorBackup(scope, module.buffers().values());
      BackwardPass.Losses losses;
      Gradients derived;
      try {
        losses = backward.run(batch);
        derived = new Gradients(module.weights());
      } catch (RuntimeException | Error e) {
        undo(before, e);
        throw e;
      }
      try (Gradients gradients = derived) {
        boolean finite = Double.isFinite(losses.total()) && Double.isFinite(gradients.norm());
        if (finite) {
          step(scope, gradients, rate, step);
        }
        end(gradients, finite ? () -> {} : before::restore);
        return new StepReport(
            losses.total(),
            losses.distillation(),
            losses.labels(),
            gradients.norm(),
            rate,
            !finite,
            losses.logits());
      }
    }
  }

  /** Takes back what a forward pass, or a part of the batch, has left behind. */
  private void undo(TensorBackup before, Throwable failure) {
    try (Gradients gradients = new Gradients(module.weights())) {
      before.restore();
      gradients.clear();
    } catch (RuntimeException e) {
      e.addSuppressed(failure);
      throw new BrokenStudentException("a failed step cannot be taken back: " + e, e);
    }
  }

  /** Whatever fails here fails between two steps: the next one would not be what it should. */
  private static void end(Gradients gradients, Runnable takingBack) {
    try {
      takingBack.run();
      gradients.clear();
    } catch (RuntimeException | Error e) {
      throw new BrokenStudentException("a step cannot be ended: " + e, e);
    }
  }

  private void step(NDManager scope, Gradients gradients, double rate, long step) {
    try {
      double scale = gradients.scale(hyperparameters.optimiser().clip());
      optimiser.update(scope, gradients, scale, rate);
      averaging.update(scope, step - averageSince);
    } catch (RuntimeException | Error e) {
      throw new BrokenStudentException("an optimiser step failed in its midst: " + e, e);
    }
  }

  @Override
  public float[] predict(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      return average.forward(scope, batch).toFloatArray();
    }
  }

  @Override
  public byte[] weights() {
    return module.toBytes();
  }

  @Override
  public byte[] average() {
    return average.toBytes();
  }

  @Override
  public byte[] optimiser() {
    return optimiser.state().save(rateFactor);
  }

  double rateFactor() {
    return rateFactor;
  }

  @Override
  public void rateFactor(double factor) {
    if (!(factor > 0 && Double.isFinite(factor))) {
      throw new IllegalArgumentException("factor must be positive, was " + factor);
    }
    rateFactor = factor;
  }

  @Override
  public void restartAverage(long step) {
    averageSince = step;
  }

  @Override
  public StudentSnapshot snapshot() {
    return new TorchSnapshot(manager, List.of(module, average), optimiser());
  }

  @Override
  public void restore(StudentSnapshot snapshot) {
    TorchSnapshot own = (TorchSnapshot) snapshot;
    own.restore();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(own.optimiser()))) {
      double unused = optimiser.state().restore(in);
    } catch (IOException e) {
      throw new UncheckedIOException("a stream in memory", e);
    }
  }

  /** Handles on tensors that are open; the same before and after a step. */
  int openTensors() {
    return manager.getManagedArrays().size() + module.openTensors() + average.openTensors();
  }

  @Override
  public void close() {
    module.close();
    average.close();
    manager.close();
  }

  private long seed(long step) {
    long z = hyperparameters.seed() + step * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return (z ^ (z >>> 27)) & Long.MAX_VALUE;
  }
}
