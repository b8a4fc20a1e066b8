package io.stillstream.student;

import io.stillstream.student.training.ExamResult;
import io.stillstream.student.training.ExamSet;
import io.stillstream.student.training.TrainerMetrics;

/** Examines the moving average on held-out examples, now and then, and whenever it is asked to. */
final class Examination {
  private final ExamSet set;
  private final Trainee trainee;
  private final long everySteps;
  private final TrainerMetrics metrics;
  private ExamResult latest;
  private long latestStep = -1;

  Examination(ExamSet set, Trainee trainee, long everySteps, TrainerMetrics metrics) {
    this.set = set;
    this.trainee = trainee;
    this.everySteps = everySteps;
    this.metrics = metrics;
  }

  /** Examines at the start, and after each multiple of the steps. */
  void ifDue() {
    long step = trainee.training().steps();
    if (latestStep < 0 || step / everySteps > latestStep / everySteps) {
      ExamResult unused = now();
    }
  }

  /** How the student does as it is. */
  ExamResult now() {
    long step = trainee.training().steps();
    if (step != latestStep) {
      latest = set.examine(trainee::predict);
      latestStep = step;
      metrics.examined(latest);
    }
    return latest;
  }
}
