package io.stillstream.student;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.StartupException;
import io.stillstream.schemas.LabeledView;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.DirectoryLock;
import io.stillstream.student.checkpoint.Disk;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.Incident;
import io.stillstream.student.training.PrequentialWindow;
import io.stillstream.student.training.StepReport;
import io.stillstream.student.training.SupervisedTraining;
import io.stillstream.student.training.View;
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
public final class Rehearsal implements AutoCloseable {
  private static final String CHECKPOINTS = "checkpoints";

  private final DirectoryLock lock;
  private final Trainee trainee;
  private final BatchBuilder batches;
  private final Examiner examiner;
  private final List<Incident> incidents = new ArrayList<>();

  private Rehearsal(DirectoryLock lock, Trainee trainee, BatchBuilder batches, Examiner examiner) {
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
  public static Rehearsal open(TrainerConfig config, MeterRegistry registry) {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    Disk disk = new Disk();
    try {
      DirectoryLock lock = DirectoryLock.acquire(config.directory(), disk);
      try {
        BatchBuilder batches = new BatchBuilder(model, config.loss());
        Trainee trainee =
            Trainee.open(
                config,
                model,
                batches,
                new CheckpointStore(
                    config.directory().resolve(CHECKPOINTS),
                    config.checkpoint().keep(),
                    lock,
                    disk),
                new MicrometerTrainerMetrics(registry, InstantSource.system(), model.classes()));
        return new Rehearsal(lock, trainee, batches, new Examiner(model, batches));
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
    SupervisedTraining.Trained result = trainee.supervised().train(views(fresh));
    incidents.addAll(result.incidents());
    return result.reports();
  }

  /** Drifts and rollbacks so far. */
  public List<Incident> incidents() {
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

  private List<View> views(List<LabeledView> labelled) {
    return labelled.stream().map(examiner::examine).toList();
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
