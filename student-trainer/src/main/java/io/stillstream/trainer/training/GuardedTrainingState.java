package io.stillstream.trainer.training;

import io.stillstream.trainer.training.divergence.LossSpikeDetector;
import io.stillstream.trainer.training.divergence.RollbackLimiter;
import io.stillstream.trainer.training.drift.DriftDetector;
import java.util.Map;

/**
 * What {@link GuardedTraining} has to remember across restarts.
 *
 * @param losses of the loss watch
 * @param rollbacks of the rollbacks
 * @param skipped steps in a row, up to now, without a finite gradient
 * @param drift of the signals
 * @param driftedAt step of the last drift, −1 before the first
 * @param averageSince step at which the moving average began to warm up
 */
public record GuardedTrainingState(
    LossSpikeDetector.State losses,
    RollbackLimiter.State rollbacks,
    int skipped,
    Map<String, DriftDetector.State> drift,
    long driftedAt,
    long averageSince) {}
