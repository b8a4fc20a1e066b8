package io.stillstream.student;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.StartupException;
import io.stillstream.student.checkpoint.Checkpoint;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.TrainerState;
import io.stillstream.student.torch.TorchStudent;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.OnlineTraining;
import io.stillstream.student.training.PrequentialWindow;
import io.stillstream.student.training.Reservoir;
import io.stillstream.student.training.Student;
import io.stillstream.student.training.TrainerMetrics;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A student with all that its training has to remember, in memory and in a checkpoint. */
final class Trainee implements AutoCloseable {
  private static final String STATE = "state.json";
  private static final String WEIGHTS = "weights.pt";
  private static final String AVERAGE = "average.pt";
  private static final String OPTIMISER = "optimiser.bin";
  private static final String RESERVOIR = "reservoir.bin";
  private static final int PROBE_VIEWS = 2;
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Student student;
  private final Reservoir reservoir;
  private final PrequentialWindow window;
  private final OnlineTraining training;
  private final TrainerState begin;
  private final Optional<Checkpoint> checkpoint;

  private Trainee(
      TrainerConfig config,
      BatchBuilder batches,
      TrainerMetrics metrics,
      Student student,
      Reservoir reservoir,
      PrequentialWindow window,
      TrainerState begin,
      Optional<Checkpoint> checkpoint) {
    this.student = student;
    this.reservoir = reservoir;
    this.window = window;
    this.begin = begin;
    this.checkpoint = checkpoint;
    this.training =
        new OnlineTraining(
            student,
            batches,
            reservoir,
            window,
            config.batch().size(),
            config.updates(),
            metrics,
            System::nanoTime);
    training.resume(begin.steps(), begin.viewsSeen());
  }

  /**
   * Takes up the newest checkpoint, or begins with the untrained model.
   *
   * @throws StartupException if the model cannot be trained, or the checkpoint is of another one
   */
  static Trainee open(
      TrainerConfig config,
      ModelSpec model,
      BatchBuilder batches,
      CheckpointStore checkpoints,
      TrainerMetrics metrics)
      throws IOException {
    Optional<Checkpoint> newest = checkpoints.newest();
    Reservoir reservoir = new Reservoir(config.buffer().views(), config.seed());
    PrequentialWindow window = new PrequentialWindow(config.evaluation().images());
    TrainerState begin =
        newest.isPresent() ? read(newest.get(), config, model) : untrained(config, model);
    if (newest.isPresent()) {
      window.restore(begin.window());
      try (DataInputStream in = newest.get().open(RESERVOIR)) {
        reservoir.restore(in);
      }
    }
    Student student = student(config, model, newest);
    try {
      student.probe(batches.grey(PROBE_VIEWS));
    } catch (IllegalArgumentException e) {
      student.close();
      throw refused(model, e);
    }
    return new Trainee(config, batches, metrics, student, reservoir, window, begin, newest);
  }

  private static Student student(
      TrainerConfig config, ModelSpec model, Optional<Checkpoint> checkpoint) throws IOException {
    try {
      if (checkpoint.isEmpty()) {
        return TorchStudent.begin(
            Files.readAllBytes(model.file()), config.recipe(), config.threads());
      }
      try (DataInputStream optimiser = checkpoint.get().open(OPTIMISER)) {
        return TorchStudent.resume(
            checkpoint.get().read(WEIGHTS),
            checkpoint.get().read(AVERAGE),
            optimiser,
            config.recipe(),
            config.threads());
      }
    } catch (IllegalArgumentException e) {
      throw refused(model, e);
    }
  }

  private static TrainerState read(Checkpoint checkpoint, TrainerConfig config, ModelSpec model)
      throws IOException {
    TrainerState state = JSON.readValue(checkpoint.read(STATE), TrainerState.class);
    if (!state.student().equals(model.name()) || !state.modelSha256().equals(model.sha256())) {
      throw new StartupException(
          "directory: "
              + config.directory()
              + " holds the training of student "
              + state.student()
              + " (sha256 "
              + state.modelSha256()
              + "), which is not the model in "
              + model.file()
              + "; give every student a directory of its own");
    }
    if (!state.topic().equals(config.topics().labeledViews())) {
      throw new StartupException(
          "topics.labeled-views: the training in "
              + config.directory()
              + " reads "
              + state.topic()
              + ", was "
              + config.topics().labeledViews());
    }
    return state;
  }

  private static TrainerState untrained(TrainerConfig config, ModelSpec model) {
    return new TrainerState(
        model.name(),
        model.sha256(),
        config.topics().labeledViews(),
        Map.of(),
        0,
        0,
        0,
        List.of(),
        List.of(),
        0,
        "",
        0,
        0,
        0);
  }

  private static StartupException refused(ModelSpec model, IllegalArgumentException e) {
    return new StartupException(
        "student: " + model.file() + " cannot be trained: " + e.getMessage(), e);
  }

  OnlineTraining training() {
    return training;
  }

  PrequentialWindow window() {
    return window;
  }

  /** Where the training stood when it was opened. */
  TrainerState begin() {
    return begin;
  }

  /** Whether there was a checkpoint. */
  boolean isResumed() {
    return checkpoint.isPresent();
  }

  /** The moving average as the checkpoint has it, byte by byte; only if there was one. */
  byte[] savedAverage() throws IOException {
    return checkpoint.orElseThrow().read(AVERAGE);
  }

  /** The moving average as a {@code .pt} file. */
  byte[] average() {
    return student.average();
  }

  /** The files of a checkpoint. */
  Map<String, CheckpointStore.Content> files(TrainerState state, byte[] average) {
    Map<String, CheckpointStore.Content> files = new LinkedHashMap<>();
    files.put(STATE, out -> out.write(JSON.writeValueAsBytes(state)));
    files.put(WEIGHTS, out -> out.write(student.weights()));
    files.put(AVERAGE, out -> out.write(average));
    files.put(OPTIMISER, student::saveOptimiser);
    files.put(RESERVOIR, reservoir::save);
    return files;
  }

  @Override
  public void close() {
    student.close();
  }
}
