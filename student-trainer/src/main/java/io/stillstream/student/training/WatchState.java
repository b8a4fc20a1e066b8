package io.stillstream.student.training;

import java.util.Map;

/**
 * What {@link SupervisedTraining} has to remember across restarts.
 *
 * @param losses of the loss watch
 * @param rollbacks of the rollbacks
 * @param skipped steps in a row, up to now, without a finite gradient
 * @param drift of the signals
 * @param driftedAt step of the last drift, −1 before the first
 * @param averageSince step at which the moving average began to warm up
 */
public record WatchState(
    LossWatch.State losses,
    Rollbacks.State rollbacks,
    int skipped,
    Map<String, DriftWatch.State> drift,
    long driftedAt,
    long averageSince) {}
