package io.stillstream.trainer.session;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.checkpoint.segment.SegmentedBufferReader;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TaskCheck;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens a training session from the newest checkpoint, or with an untrained student. */
public final class SessionLoader {
  /** The replay buffer in checkpoints of format 1. */
  private static final String RESERVOIR = "reservoir.bin";

  private static final int PROBE_VIEWS = 2;

  private SessionLoader() {}

  /** Opens the session of a student in PyTorch. */
  public static TrainingSession open(
      TrainerConfig config,
      ModelSpec model,
      BatchBuilder batches,
      CheckpointStore checkpoints,
      TrainerMetrics metrics)
      throws IOException {
    StudentLoader students =
        new TorchStudentLoader(model, config.hyperparameters(), config.torch());
    return open(config, model, batches, checkpoints, metrics, students);
  }

  /**
   * Continues from the newest checkpoint, or begins with the untrained model.
   *
   * @throws StartupException if the model cannot be trained, the settings do not suit its task, or
   *     the checkpoint is of another one
   */
  public static TrainingSession open(
      TrainerConfig config,
      ModelSpec model,
      BatchBuilder batches,
      CheckpointStore checkpoints,
      TrainerMetrics metrics,
      StudentLoader students)
      throws IOException {
    TaskCheck.require(config, model.task());
    Optional<Checkpoint> newest = checkpoints.newest();
    TeacherAwareReplay replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(
                config.buffer().kind(),
                config.buffer().limits(Runtime.getRuntime().maxMemory()),
                config.seed()),
            config.buffer().onTeacherChange(),
            config.replaySampling());
    PrequentialTracker window =
        TaskScorer.of(batches.output()).tracker(config.evaluation().images());
    TrainerState initial =
        newest.isPresent() ? read(newest.get(), config, model) : untrained(config, model);
    if (newest.isPresent()) {
      window.restore(initial.window());
      restore(replay, newest.get());
    }
    Student student = student(students, model, newest);
    try {
      student.probe(batches.grey(PROBE_VIEWS));
    } catch (IllegalArgumentException e) {
      student.close();
      throw refused(model, e);
    }
    return new TrainingSession(config, batches, metrics, student, replay, window, initial, newest);
  }

  private static void restore(TeacherAwareReplay replay, Checkpoint checkpoint) throws IOException {
    if (SegmentedBufferReader.isSegmented(checkpoint)) {
      replay.restore(SegmentedBufferReader.read(checkpoint));
      return;
    }
    boolean formatOne = checkpoint.has(RESERVOIR);
    try (DataInputStream in = checkpoint.open(formatOne ? RESERVOIR : TrainingSession.BUFFER)) {
      if (formatOne) {
        replay.restoreReservoir(in);
      } else {
        replay.restore(in);
      }
    }
  }

  private static Student student(
      StudentLoader students, ModelSpec model, Optional<Checkpoint> checkpoint) throws IOException {
    try {
      if (checkpoint.isEmpty()) {
        return students.untrained();
      }
      try (DataInputStream optimiser = checkpoint.get().open(TrainingSession.OPTIMISER)) {
        return students.resume(
            checkpoint.get().read(TrainingSession.WEIGHTS),
            checkpoint.get().read(TrainingSession.AVERAGE),
            checkpoint.get().has(TrainingSession.PROJECTION)
                ? Optional.of(checkpoint.get().read(TrainingSession.PROJECTION))
                : Optional.empty(),
            optimiser);
      }
    } catch (IllegalArgumentException e) {
      throw refused(model, e);
    }
  }

  private static TrainerState read(Checkpoint checkpoint, TrainerConfig config, ModelSpec model)
      throws IOException {
    TrainerState state = TrainerState.read(checkpoint);
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
    if (!state.topic().equals(config.source())) {
      throw new StartupException(
          (config.input() == Input.VIEWS ? "topics.views" : "topics.labeled-views")
              + ": the training in "
              + config.directory()
              + " reads "
              + state.topic()
              + ", was "
              + config.source());
    }
    return state;
  }

  private static TrainerState untrained(TrainerConfig config, ModelSpec model) {
    return new TrainerState(
        model.name(),
        model.sha256(),
        config.source(),
        Map.of(),
        0,
        0,
        0,
        List.of(),
        List.of(),
        0,
        0,
        "",
        0,
        0,
        0,
        List.of(),
        PromotionState.begin(0),
        null,
        List.of(),
        Map.of(),
        TopicIdentity.UNKNOWN,
        Map.of());
  }

  private static StartupException refused(ModelSpec model, IllegalArgumentException e) {
    return new StartupException(
        "student: " + model.file() + " cannot be trained: " + e.getMessage(), e);
  }
}
