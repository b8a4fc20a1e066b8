package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDManager;
import io.stillstream.runtime.config.Scalars;
import io.stillstream.trainer.training.BrokenStudentException;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LearningRateSchedule;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A student in libtorch: the module that trains, its moving average, and the optimiser. Everything
 * random in a step is seeded from the step's number, so that a resumed training goes on bit for
 * bit. To be used by the thread that made it.
 */
public final class TorchStudent implements Student {
  private static final Logger LOG = LoggerFactory.getLogger(TorchStudent.class);
  private final Hyperparameters hyperparameters;
  private final NDManager manager;
  private final TrainedModel model;
  private final Optimiser optimiser;
  private final MovingAverage averaging;
  private final LearningRateSchedule schedule;
  private final BackwardPass backward;
  private final StudentProbe probe;
  private double rateFactor = 1;
  private long averageSince;

  private TorchStudent(NDManager manager, TrainedModel model, Hyperparameters hyperparameters) {
    this.manager = manager;
    this.model = model;
    this.hyperparameters = hyperparameters;
    OptimiserSettings settings = hyperparameters.optimiser();
    this.optimiser = Optimiser.create(settings, manager, model.weights());
    this.schedule = new LearningRateSchedule(settings.learningRate(), settings.schedule());
    this.averaging = model.averaging(hyperparameters.maxDecay());
    this.backward = new BackwardPass(manager, model, hyperparameters);
    this.probe = new StudentProbe(manager, model, backward);
  }

  /** Begins on the CPU, in float32. */
  public static TorchStudent begin(byte[] file, Hyperparameters hyperparameters, int threads) {
    return begin(file, hyperparameters, TorchOptions.cpu(threads));
  }

  /**
   * Begins with an untrained module, which is its own average.
   *
   * @param file bytes of a scripted {@code .pt} file
   * @throws IllegalArgumentException if it cannot be trained, with the reason
   * @throws io.stillstream.runtime.config.StartupException if libtorch does not see the device
   */
  public static TorchStudent begin(
      byte[] file, Hyperparameters hyperparameters, TorchOptions options) {
    return open(file, file, Optional.empty(), hyperparameters, options);
  }

  /**
   * The same with an untrained projection of its embeddings.
   *
   * @param from the embeddings' dimensions
   * @param to the teacher's
   */
  public static TorchStudent beginProjected(
      byte[] file, int from, int to, Hyperparameters hyperparameters, TorchOptions options) {
    byte[] projection = EmbeddingProjection.untrained(from, to, hyperparameters.seed());
    return open(file, file, Optional.of(projection), hyperparameters, options);
  }

  /**
   * Continues from what {@link #weights}, {@link #average}, {@link #projection} and {@link
   * #optimiser} gave, on whichever device and in whichever precision.
   *
   * @throws IllegalArgumentException if the parts do not belong together
   */
  public static TorchStudent resume(
      byte[] weights,
      byte[] average,
      Optional<byte[]> projection,
      DataInputStream optimiser,
      Hyperparameters hyperparameters,
      TorchOptions options) {
    EmbeddingProjection.requireConfigured(projection, hyperparameters.loss().projection());
    TorchStudent student = open(weights, average, projection, hyperparameters, options);
    try {
      student.rateFactor = student.optimiser.state().restore(optimiser);
      return student;
    } catch (IOException e) {
      student.close();
      throw new IllegalArgumentException("the optimiser's state: " + e.getMessage(), e);
    }
  }

  private static TorchStudent open(
      byte[] weights,
      byte[] average,
      Optional<byte[]> projection,
      Hyperparameters hyperparameters,
      TorchOptions options) {
    NDManager manager = Libtorch.open(options);
    try {
      TrainedModel model =
          new TrainedModel(manager, weights, average, projection, options.precision());
      LOG.atInfo()
          .addKeyValue("device", Libtorch.device(manager))
          .addKeyValue("precision", Scalars.name(options.precision()))
          .log("Student is in memory");
      return new TorchStudent(manager, model, hyperparameters);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  @Override
  public void probe(TrainingBatch batch) {
    probe.run(batch);
  }

  @Override
  public void dryRun(TrainingBatch batch) {
    probe.derive(batch);
  }

  @Override
  public StepReport update(TrainingBatch batch, long step) {
    double rate = schedule.rate(step) * rateFactor;
    try (NDManager scope = manager.newSubManager()) {
      Libtorch.seed(seed(step));
      TensorBackup before = new TensorBackup(scope, model.buffers().values());
      BackwardPass.Losses losses;
      Gradients derived;
      try {
        losses = backward.run(batch);
        derived = new Gradients(model.weights());
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
    try (Gradients gradients = new Gradients(model.weights())) {
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
      return Libtorch.floats(model.predict(scope, batch));
    }
  }

  @Override
  public byte[] weights() {
    return model.moduleBytes();
  }

  @Override
  public byte[] average() {
    return model.averageBytes();
  }

  @Override
  public Optional<byte[]> projection() {
    return model.projectionBytes();
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
    return model.snapshot(manager, optimiser());
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
    return manager.getManagedArrays().size() + model.openTensors();
  }

  @Override
  public void close() {
    model.close();
    manager.close();
  }

  private long seed(long step) {
    long z = hyperparameters.seed() + step * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return (z ^ (z >>> 27)) & Long.MAX_VALUE;
  }
}
