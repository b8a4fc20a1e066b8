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
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.evaluation.PrequentialWindow;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What the service does with labelled views, without brokers around it: for whoever wants to know
 * how well and how fast a student learns. Nothing is saved or released; the directory of the
 * settings is locked, and a checkpoint that it holds is gone on from. To be opened, used and closed
 * by one thread.
 */
public final class OfflineTrainer implements AutoCloseable {
  private static final String CHECKPOINTS = "checkpoints";

  private final DirectoryLock lock;
  private final TrainingSession trainee;
  private final BatchBuilder batches;
  private final LabeledViewValidator examiner;
  private final List<TrainingEvent> incidents = new ArrayList<>();

  private OfflineTrainer(
      DirectoryLock lock,
      TrainingSession trainee,
      BatchBuilder batches,
      LabeledViewValidator examiner) {
    this.lock = lock;
    this.trainee = trainee;
    this.batches = batches;
    this.examiner = examiner;
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
        BatchBuilder batches = new BatchBuilder(model, config.loss());
        TrainingSession trainee =
            TrainingSession.open(
                config,
                model,
                batches,
                new CheckpointStore(
                    config.directory().resolve(CHECKPOINTS),
                    config.checkpoint().keep(),
                    lock,
                    disk),
                new MicrometerTrainerMetrics(registry, InstantSource.system(), model.classes()));
        return new OfflineTrainer(lock, trainee, batches, new LabeledViewValidator(model, batches));
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

  /**
   * Trains on fresh views as the service does on a batch of them.
   *
   * @param fresh at least one, at most {@code batch.size}, each with logits or a label
   * @return one report per step
   * @throws BadRecordException if the service would put one of them aside
   */
  public List<StepReport> train(List<LabeledView> fresh) {
    GuardedTraining.BatchResult result = trainee.supervised().train(views(fresh));
    incidents.addAll(result.incidents());
    return result.reports();
  }

  /** Drifts and rollbacks so far. */
  public List<TrainingEvent> incidents() {
    return List.copyOf(incidents);
  }

  /**
   * Logits of the moving average, [N·K] row by row: what a release would answer.
   *
   * @throws BadRecordException as above
   */
  public float[] predict(List<LabeledView> views) {
    return trainee.predict(batches.build(views(views)));
  }

  /** Optimiser steps so far. */
  public long steps() {
    return trainee.training().steps();
  }

  /** How it did on the latest originals, each before it was trained on. */
  public PrequentialWindow window() {
    return trainee.window();
  }

  private List<TrainingExample> views(List<LabeledView> labelled) {
    return labelled.stream().map(examiner::validate).toList();
  }

  @Override
  public void close() {
    trainee.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
