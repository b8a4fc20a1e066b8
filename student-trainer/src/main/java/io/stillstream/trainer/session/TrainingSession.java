package io.stillstream.trainer.session;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.torch.TorchStudent;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.evaluation.PrequentialWindow;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A student with all that its training has to remember, in memory and in a checkpoint. */
public final class TrainingSession implements AutoCloseable {
  private static final String WEIGHTS = "weights.pt";
  private static final String AVERAGE = "average.pt";
  private static final String OPTIMISER = "optimiser.bin";
  private static final String BUFFER = "buffer.bin";

  /** What format 1 had instead. */
  private static final String RESERVOIR = "reservoir.bin";

  private static final int PROBE_VIEWS = 2;

  private final Student student;
  private final TeacherAwareReplay replay;
  private final PrequentialWindow window;
  private final OnlineTraining training;
  private final GuardedTraining supervised;
  private final int progressImages;
  private final TrainerState begin;
  private final Optional<Checkpoint> checkpoint;

  private TrainingSession(
      TrainerConfig config,
      BatchBuilder batches,
      TrainerMetrics metrics,
      Student student,
      TeacherAwareReplay replay,
      PrequentialWindow window,
      TrainerState begin,
      Optional<Checkpoint> checkpoint) {
    this.student = student;
    this.replay = replay;
    this.window = window;
    this.begin = begin;
    this.checkpoint = checkpoint;
    this.training =
        new OnlineTraining(
            student,
            batches,
            replay,
            window,
            config.batch().size(),
            config.updates().min(),
            metrics,
            System::nanoTime);
    training.resume(begin.steps(), begin.viewsSeen());
    this.supervised =
        new GuardedTraining(student, training, config.guard(), config.drift(), metrics);
    if (begin.watch() != null) {
      supervised.restore(begin.watch());
    }
    this.progressImages = config.progress().images();
  }

  /**
   * Takes up the newest checkpoint, or begins with the untrained model.
   *
   * @throws StartupException if the model cannot be trained, or the checkpoint is of another one
   */
  public static TrainingSession open(
      TrainerConfig config,
      ModelSpec model,
      BatchBuilder batches,
      CheckpointStore checkpoints,
      TrainerMetrics metrics)
      throws IOException {
    Optional<Checkpoint> newest = checkpoints.newest();
    TeacherAwareReplay replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(
                config.buffer().kind(),
                config.buffer().limits(Runtime.getRuntime().maxMemory()),
                config.seed()),
            config.buffer().onTeacherChange());
    PrequentialWindow window = new PrequentialWindow(config.evaluation().images());
    TrainerState begin =
        newest.isPresent() ? read(newest.get(), config, model) : untrained(config, model);
    if (newest.isPresent()) {
      window.restore(begin.window());
      restore(replay, newest.get());
    }
    Student student = student(config, model, newest);
    try {
      student.probe(batches.grey(PROBE_VIEWS));
    } catch (IllegalArgumentException e) {
      student.close();
      throw refused(model, e);
    }
    return new TrainingSession(config, batches, metrics, student, replay, window, begin, newest);
  }

  private static void restore(TeacherAwareReplay replay, Checkpoint checkpoint) throws IOException {
    boolean former = checkpoint.has(RESERVOIR);
    try (DataInputStream in = checkpoint.open(former ? RESERVOIR : BUFFER)) {
      if (former) {
        replay.restoreReservoir(in);
      } else {
        replay.restore(in);
      }
    }
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
        TopicIdentity.UNKNOWN);
  }

  private static StartupException refused(ModelSpec model, IllegalArgumentException e) {
    return new StartupException(
        "student: " + model.file() + " cannot be trained: " + e.getMessage(), e);
  }

  public OnlineTraining training() {
    return training;
  }

  /** What the loop trains with. */
  public GuardedTraining supervised() {
    return supervised;
  }

  public PrequentialWindow window() {
    return window;
  }

  /** The latest part of the window, in which nothing has changed. */
  public PrequentialWindow recent() {
    return window.newest(Math.min(progressImages, supervised.stableImages()));
  }

  /** Where the training stood when it was opened. */
  public TrainerState begin() {
    return begin;
  }

  /** Whether there was a checkpoint. */
  public boolean isResumed() {
    return checkpoint.isPresent();
  }

  /** The moving average as the checkpoint has it, byte by byte; only if there was one. */
  public byte[] savedAverage() throws IOException {
    return checkpoint.orElseThrow().read(AVERAGE);
  }

  /** Student and buffer as they are now. */
  public SessionSnapshot snapshot() throws IOException {
    ByteArrayOutputStream optimiser = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(optimiser)) {
      student.saveOptimiser(out);
    }
    return new SessionSnapshot(
        student.weights(), student.average(), optimiser.toByteArray(), replay.snapshot());
  }

  /** Logits [N·K] of the moving average. */
  public float[] predict(TrainingBatch batch) {
    return student.predict(batch);
  }

  /** The moving average as a {@code .pt} file. */
  byte[] average() {
    return student.average();
  }

  /** The files of a checkpoint. */
  public static Map<String, CheckpointStore.FileContent> files(
      TrainerState state, SessionSnapshot snapshot) {
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    state.addTo(files);
    files.put(WEIGHTS, out -> out.write(snapshot.weights()));
    files.put(AVERAGE, out -> out.write(snapshot.average()));
    files.put(OPTIMISER, out -> out.write(snapshot.optimiser()));
    files.put(BUFFER, snapshot.buffer()::write);
    return files;
  }

  @Override
  public void close() {
    supervised.close();
    student.close();
  }
}
