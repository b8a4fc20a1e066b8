package io.stillstream.page.trainer;

import io.stillstream.schemas.answer.ModelTask;
import java.util.List;

/**
 * The state of a training. NaN is unknown; shares are from 0 to 1.
 *
 * @param task of the student; a trainer that does not say trains a classifier
 * @param classes names, in the order of the logits
 * @param steps optimiser steps in all; null while the trainer does not answer
 * @param viewsSeen fresh views trained in all; null while the trainer does not answer
 * @param loss of the last step
 * @param studentAccuracy on the latest labelled originals; of another task its score: mean IoU,
 *     mean cosine
 * @param teacherAccuracy on the same
 * @param agreement of student and teacher on the latest originals
 * @param learningRate of the last step
 * @param buffered views kept for replay
 * @param lag views that wait to be trained
 * @param aged views whose age at training has been measured, since the trainer's process started
 * @param ageMillis sum of those ages
 * @param backlog those of the lag that could be trained now; null from a trainer that does not say
 * @param batchSize fresh views of a step; null from a trainer that does not say
 * @param time what the training thread was busy with; null likewise
 */
public record TrainingStatus(
    String student,
    String task,
    List<String> classes,
    Long steps,
    Long viewsSeen,
    Double loss,
    Double studentAccuracy,
    Double teacherAccuracy,
    Double agreement,
    Double learningRate,
    Double buffered,
    Double lag,
    long aged,
    double ageMillis,
    Long backlog,
    Integer batchSize,
    TrainerThreadTime time) {
  private static final String CLASSIFICATION = ModelTask.CLASSIFICATION.key();

  /** Before the trainer has answered. */
  public static final TrainingStatus UNKNOWN = unknown("", CLASSIFICATION, List.of());

  public TrainingStatus {
    if (student == null || classes == null) {
      throw new IllegalArgumentException("student and classes are missing");
    }
    task = task == null ? CLASSIFICATION : task;
    classes = List.copyOf(classes);
    loss = nanForNull(loss);
    studentAccuracy = nanForNull(studentAccuracy);
    teacherAccuracy = nanForNull(teacherAccuracy);
    agreement = nanForNull(agreement);
    learningRate = nanForNull(learningRate);
    buffered = nanForNull(buffered);
    lag = nanForNull(lag);
  }

  /** While the trainer does not answer: the same student, and nothing else. */
  public TrainingStatus withoutValues() {
    return unknown(student, task, classes);
  }

  /** Whether it came from the trainer. */
  public boolean isKnown() {
    return steps != null && viewsSeen != null;
  }

  private static TrainingStatus unknown(String student, String task, List<String> classes) {
    return new TrainingStatus(
        student, task, classes, null, null, null, null, null, null, null, null, null, 0, 0, null,
        null, null);
  }

  private static Double nanForNull(Double value) {
    return value == null ? (Double) Double.NaN : value;
  }
}
