package io.stillstream.trainer.session;

import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A student with the whole state of its training, as it is in memory and in a checkpoint. */
public final class TrainingSession implements AutoCloseable {
  static final String WEIGHTS = "weights.pt";
  static final String AVERAGE = "average.pt";

  /** Only where embeddings are projected. */
  static final String PROJECTION = "projection.bin";

  static final String OPTIMISER = "optimiser.bin";

  /** Up to format 4 of checkpoints. */
  static final String BUFFER = "buffer.bin";

  private final Student student;
  private final TeacherAwareReplay replay;
  private final PrequentialTracker window;
  private final OnlineTraining training;
  private final GuardedTraining guarded;
  private final int progressImages;
  private final int classes;
  private final TrainerState initial;
  private final Optional<Checkpoint> checkpoint;

  /**
   * The moving average as it was written last, and after how many steps. TorchScript is not written
   * twice with the same bytes, and by its bytes a release is known: without steps between them, a
   * later checkpoint has those of the one before. Null before the first.
   */
  private byte[] average;

  private long averageSteps;

  /**
   * @param initial state that the training continues from
   * @param checkpoint that it continues from; empty for an untrained student
   */
  TrainingSession(
      TrainerConfig config,
      BatchBuilder batches,
      TrainerMetrics metrics,
      Student student,
      TeacherAwareReplay replay,
      PrequentialTracker window,
      TrainerState initial,
      Optional<Checkpoint> checkpoint) {
    this.student = student;
    this.replay = replay;
    this.window = window;
    this.initial = initial;
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
    training.resume(initial.steps(), initial.viewsSeen());
    this.guarded = new GuardedTraining(student, training, config.guard(), config.drift(), metrics);
    if (initial.watch() != null) {
      guarded.restore(initial.watch());
    }
    this.classes = batches.classes();
    this.progressImages = config.progress().images();
  }

  public OnlineTraining training() {
    return training;
  }

  /** The same training, with rollbacks and drift detection. */
  public GuardedTraining guarded() {
    return guarded;
  }

  public PrequentialTracker window() {
    return window;
  }

  /** Confusion matrix of the window, see {@link PrequentialTracker#confusion}. */
  public Optional<long[][]> confusion() {
    return window.confusion(classes);
  }

  /** The latest part of the window, since the last drift. */
  public PrequentialTracker recent() {
    return window.newest(Math.min(progressImages, guarded.stableImages()));
  }

  /** State of the training when it was opened. */
  public TrainerState initialState() {
    return initial;
  }

  /** Whether there was a checkpoint. */
  public boolean isResumed() {
    return checkpoint.isPresent();
  }

  /** The moving average in the checkpoint, byte by byte; only if there was one. */
  public byte[] savedAverage() throws IOException {
    average = checkpoint.orElseThrow().read(AVERAGE);
    averageSteps = initial.steps();
    return average;
  }

  /** Another file of the checkpoint; empty without the checkpoint or the file. */
  public Optional<byte[]> saved(String file) throws IOException {
    return checkpoint.isPresent() && checkpoint.get().has(file)
        ? Optional.of(checkpoint.get().read(file))
        : Optional.empty();
  }

  /** Student and buffer as they are now. */
  public SessionSnapshot snapshot() {
    if (average == null || averageSteps != training.steps()) {
      average = student.average();
      averageSteps = training.steps();
    }
    return new SessionSnapshot(
        student.weights(), average, student.projection(), student.optimiser(), replay.snapshot());
  }

  /** Answers of the moving average, see {@link Student#predict}. */
  public float[] predict(TrainingBatch batch) {
    return student.predict(batch);
  }

  /**
   * What a checkpoint contains.
   *
   * @param afterErasure whether views were erased since the last one
   */
  public static CheckpointContent content(
      TrainerState state, SessionSnapshot snapshot, boolean afterErasure) {
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    state.addTo(files);
    files.put(WEIGHTS, out -> out.write(snapshot.weights()));
    files.put(AVERAGE, out -> out.write(snapshot.average()));
    snapshot.projection().ifPresent(bytes -> files.put(PROJECTION, out -> out.write(bytes)));
    files.put(OPTIMISER, out -> out.write(snapshot.optimiser()));
    return new CheckpointContent(
        files, Optional.of(new SegmentedBuffer(snapshot.buffer(), afterErasure)));
  }

  @Override
  public void close() {
    guarded.close();
    student.close();
  }
}
