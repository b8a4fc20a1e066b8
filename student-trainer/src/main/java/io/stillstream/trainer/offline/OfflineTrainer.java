package io.stillstream.trainer.offline;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryCheck;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.metrics.MicrometerDecodeMetrics;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.session.SessionLoader;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.NextBatchPrefetch;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.decode.DecodeTask;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Trains on labelled views as the service does, without brokers: measures how well and how fast a
 * student learns. Nothing is saved or released; the configured directory is locked, and training
 * continues from a checkpoint in it. To be opened, used and closed by one thread.
 */
public final class OfflineTrainer implements AutoCloseable {
  private static final String CHECKPOINTS = "checkpoints";

  private final DirectoryLock lock;
  private final TrainingSession session;
  private final BatchBuilder batches;
  private final LabeledViewValidator validator;
  private final DecodePool pool;
  private final NextBatchPrefetch prefetch;
  private final Deque<DecodingBatch> ahead = new ArrayDeque<>();
  private final List<TrainingEvent> incidents = new ArrayList<>();

  private OfflineTrainer(
      DirectoryLock lock,
      TrainingSession session,
      BatchBuilder batches,
      LabeledViewValidator validator,
      DecodePool pool,
      int batchSize) {
    this.lock = lock;
    this.session = session;
    this.batches = batches;
    this.validator = validator;
    this.pool = pool;
    this.prefetch = new NextBatchPrefetch(batches, batchSize);
  }

  /**
   * Opens a training.
   *
   * @throws StartupException if the service could not start with these settings either
   */
  public static OfflineTrainer open(TrainerConfig config, MeterRegistry registry) {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    DurableFiles disk = new DurableFiles();
    try {
      DirectoryLock lock = DirectoryLock.acquire(config.directory(), disk);
      try {
        DecodePool pool = config.decode().pool(new MicrometerDecodeMetrics(registry));
        BatchBuilder batches = new BatchBuilder(model, config.loss(), pool);
        TrainingSession session =
            SessionLoader.open(
                config,
                model,
                batches,
                new CheckpointStore(
                    config.directory().resolve(CHECKPOINTS),
                    config.checkpoint().keep(),
                    lock,
                    disk),
                new MicrometerTrainerMetrics(
                    registry, InstantSource.system(), model.task(), model.classes()));
        return new OfflineTrainer(
            lock,
            session,
            batches,
            new LabeledViewValidator(model, batches),
            pool,
            config.batch().size());
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DirectoryCheck.refused(config.directory(), e);
    } catch (IllegalStateException e) {
      throw new StartupException("directory: " + e.getMessage(), e);
    }
  }

  /** Views that are being decoded. */
  private record DecodingBatch(
      List<LabeledView> labelled, List<DecodeTask<TrainingExample>> tasks) {
    boolean isDone() {
      return tasks.stream().allMatch(DecodeTask::isDone);
    }
  }

  /**
   * Has a batch decoded while the ones before are trained on. Batches are to be trained on in the
   * order in which they are announced.
   *
   * @param fresh as for {@link #train}
   */
  public void announce(List<LabeledView> fresh) {
    ahead.add(decoding(fresh));
  }

  private DecodingBatch decoding(List<LabeledView> labelled) {
    return new DecodingBatch(
        labelled,
        labelled.stream()
            .map(view -> pool.submit(DecodePriority.RECORD, () -> validator.decode(view)))
            .toList());
  }

  /**
   * Trains on fresh views as the service does on a batch of them.
   *
   * @param fresh at least one, at most {@code batch.size}, each with an answer, a label or a mask;
   *     may be announced
   * @return one report per step
   * @throws BadRecordException if the service would put one of them aside
   */
  public List<StepReport> train(List<LabeledView> fresh) {
    boolean announced = !ahead.isEmpty() && ahead.peek().labelled() == fresh;
    List<TrainingExample> views = views(announced ? ahead.remove() : decoding(fresh));
    DecodingBatch next = ahead.peek();
    prefetch.batchFull(
        next != null && pool.ahead() > 0 && next.isDone()
            ? next.tasks().stream().map(DecodeTask::join).toList()
            : List.of());
    GuardedTraining.BatchResult result = session.guarded().train(views);
    incidents.addAll(result.events());
    return result.reports();
  }

  /** Drifts and rollbacks so far. */
  public List<TrainingEvent> incidents() {
    return List.copyOf(incidents);
  }

  /**
   * Answers of the moving average, row by row, as they are compared with the teacher's.
   *
   * @throws BadRecordException as above
   */
  public float[] predict(List<LabeledView> views) {
    return session.predict(batches.build(views(decoding(views))));
  }

  /** Optimiser steps so far. */
  public long steps() {
    return session.training().steps();
  }

  /** How it did on the latest originals, each before it was trained on. */
  public PrequentialTracker window() {
    return session.window();
  }

  private List<TrainingExample> views(DecodingBatch batch) {
    List<TrainingExample> views = new ArrayList<>(batch.tasks().size());
    for (int i = 0; i < batch.tasks().size(); i++) {
      views.add(validator.ordered(batch.tasks().get(i).join(), batch.labelled().get(i)));
    }
    return views;
  }

  @Override
  public void close() {
    pool.close();
    session.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
