package io.stillstream.trainer.training;

import io.stillstream.trainer.training.comparison.BaselineComparison;
import io.stillstream.trainer.training.divergence.DivergedException;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.divergence.LossSpikeDetector;
import io.stillstream.trainer.training.divergence.RollbackLimiter;
import io.stillstream.trainer.training.drift.Drift;
import io.stillstream.trainer.training.drift.DriftDetector;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * Training that is rolled back when it diverges, and in which drift of the stream is detected.
 *
 * <p>A rollback gives weights, running statistics, moving average and optimiser the values they had
 * at the last checkpoint, of which there is a copy in memory, and lowers the rate. Steps, views,
 * offsets and buffer are not rolled back. While a spike may be beginning, no checkpoint must be
 * made ({@link #isSettled}), so that the last one is always from before it.
 */
public final class GuardedTraining implements AutoCloseable {
  /** Reason: steps in a row whose loss or gradient was not finite. */
  public static final String NOT_FINITE = "not_finite";

  /** Reason: the loss is far above its running mean. */
  public static final String LOSS_SPIKE = "loss_spike";

  private final Student student;
  private final OnlineTraining training;
  private final DivergenceSettings rules;
  private final DriftSettings driftRules;
  private final TrainerMetrics metrics;
  private final LossSpikeDetector losses;
  private final RollbackLimiter rollbacks;
  private final DriftDetector drifts;
  private Student.StudentSnapshot checkpoint;
  private long checkpointStep;
  private int skipped;
  private double replayLoss;
  private int replaySteps;
  private long driftedAt = -1;
  private long averageSince;

  /**
   * Takes the student as it is as the state of the last checkpoint.
   *
   * @param training of that student
   */
  public GuardedTraining(
      Student student,
      OnlineTraining training,
      DivergenceSettings rules,
      DriftSettings driftRules,
      TrainerMetrics metrics) {
    this.student = student;
    this.training = training;
    this.rules = rules;
    this.driftRules = driftRules;
    this.metrics = metrics;
    this.losses = new LossSpikeDetector(rules);
    this.rollbacks = new RollbackLimiter(rules);
    this.drifts = new DriftDetector(driftRules.delta());
    this.checkpoint = student.snapshot();
    this.checkpointStep = training.steps();
  }

  /**
   * The result of a batch.
   *
   * @param reports one per step
   * @param events at most one of a kind
   * @param originals in it
   */
  public record BatchResult(
      List<StepReport> reports, List<TrainingEvent> events, EvaluatedOriginals originals) {}

  /** Trains on fresh views, without a baseline. */
  public BatchResult train(List<TrainingExample> fresh) {
    return train(fresh, BaselineComparison.NONE);
  }

  /**
   * Trains on fresh views, as {@link OnlineTraining#train}.
   *
   * @throws DivergedException if it would have to be rolled back too often
   */
  public BatchResult train(List<TrainingExample> fresh, BaselineComparison baseline) {
    long first = training.steps() + 1;
    rollbacks.advance(first);
    student.rateFactor(rollbacks.rateFactor() * driftFactor(first));
    OnlineTraining.TrainedBatch trained = training.train(fresh, baseline);
    List<TrainingEvent> events = new ArrayList<>();
    drifts.watch(trained.originals().outcomes()).map(this::drifted).ifPresent(events::add);
    checkBatch(first, trained.reports()).ifPresent(events::add);
    return new BatchResult(trained.reports(), events, trained.originals());
  }

  /**
   * One more step on seen views, as {@link OnlineTraining#replay}; its loss is checked with the
   * next fresh batch.
   *
   * @return without a report if the step failed
   * @throws DivergedException if it would have to be rolled back too often
   */
  public BatchResult replay() {
    List<StepReport> reports = training.replay().stream().toList();
    for (StepReport report : reports) {
      if (!report.skipped()) {
        replayLoss += report.loss();
        replaySteps++;
      }
    }
    List<TrainingEvent> events = checkDivergence(reports).stream().toList();
    return new BatchResult(reports, events, EvaluatedOriginals.NONE);
  }

  private double driftFactor(long step) {
    boolean recent = driftedAt >= 0 && step <= driftedAt + driftRules.learningRateSteps();
    return recent ? driftRules.learningRateFactor() : 1;
  }

  private Optional<TrainingEvent> checkDivergence(List<StepReport> reports) {
    for (StepReport report : reports) {
      skipped = report.skipped() ? skipped + 1 : 0;
      if (skipped >= rules.maxSkipped()) {
        return Optional.of(
            rollBack(NOT_FINITE, Map.of("skipped_in_a_row", Integer.toString(skipped))));
      }
    }
    return Optional.empty();
  }

  private Optional<TrainingEvent> checkBatch(long first, List<StepReport> reports) {
    Optional<TrainingEvent> divergence = checkDivergence(reports);
    if (divergence.isPresent()) {
      return divergence;
    }
    StepReport fresh = reports.get(0);
    if (fresh.skipped()) {
      return Optional.empty();
    }
    if (!losses.isSpike(first, fresh.loss(), replayed(reports))) {
      return Optional.empty();
    }
    return Optional.of(
        rollBack(
            LOSS_SPIKE,
            Map.of(
                "loss", number(fresh.loss()),
                "limit", number(losses.limit()),
                "since_step", Long.toString(losses.since()))));
  }

  /** Mean loss of the replay steps of this batch, and of those in spare time since the last one. */
  private OptionalDouble replayed(List<StepReport> reports) {
    double sum = replayLoss;
    int count = replaySteps;
    for (StepReport report : reports.subList(1, reports.size())) {
      sum += report.skipped() ? 0 : report.loss();
      count += report.skipped() ? 0 : 1;
    }
    replayLoss = 0;
    replaySteps = 0;
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  private TrainingEvent rollBack(String reason, Map<String, String> why) {
    long step = training.steps();
    Map<String, String> details = new TreeMap<>(why);
    details.put("reason", reason);
    details.put("to_step", Long.toString(checkpointStep));
    if (!rollbacks.isAllowed()) {
      throw new DivergedException(
          ("step %d: training diverges %s, and was rolled back %d times within %d steps already; "
                  + "the last checkpoint, of step %d, is sound")
              .formatted(step, details, rules.maxRollbacks(), rules.withinSteps(), checkpointStep));
    }
    student.restore(checkpoint);
    rollbacks.add(step);
    losses.reset();
    skipped = 0;
    metrics.rolledBack(reason);
    details.put("rate_factor", number(rollbacks.rateFactor()));
    return new TrainingEvent(TrainingEvent.Kind.ROLLBACK, step, details);
  }

  private TrainingEvent drifted(Drift drift) {
    driftedAt = training.steps();
    drift.signals().keySet().forEach(signal -> metrics.drifted(DriftDetector.tag(signal)));
    Map<String, String> details = new TreeMap<>(drift.facts());
    if (driftRules.relearn() && !drift.stale().isEmpty()) {
      details.put("forgotten_views", Integer.toString(forgetStaleClasses(drift.stale())));
    }
    return new TrainingEvent(TrainingEvent.Kind.DRIFT, driftedAt, details);
  }

  private int forgetStaleClasses(Set<Integer> stale) {
    averageSince = training.steps();
    student.restartAverage(averageSince);
    return training.removeIf(view -> stale.contains(view.answeredClass()));
  }

  /** Whether no divergence may be beginning: only then may a checkpoint be made. */
  public boolean isSettled() {
    return skipped == 0 && !losses.isSuspicious();
  }

  /** A checkpoint is made of the student as it is now: a later rollback restores this state. */
  public void checkpointed() {
    checkpoint.close();
    checkpoint = student.snapshot();
    checkpointStep = training.steps();
  }

  /** How many of the latest images with an answer came since the last drift. */
  public long stableImages() {
    return drifts.sameAsNow();
  }

  public GuardedTrainingState save() {
    return new GuardedTrainingState(
        losses.save(), rollbacks.save(), skipped, drifts.save(), driftedAt, averageSince);
  }

  public void restore(GuardedTrainingState state) {
    losses.restore(state.losses());
    rollbacks.restore(state.rollbacks());
    skipped = state.skipped();
    drifts.restore(state.drift());
    driftedAt = state.driftedAt();
    averageSince = state.averageSince();
    student.restartAverage(averageSince);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
