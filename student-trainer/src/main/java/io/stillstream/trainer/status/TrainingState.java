package io.stillstream.trainer.status;

import java.util.List;

/**
 * The state of the training as {@code GET /training} reports it. Null is unknown; shares are from 0
 * to 1.
 *
 * @param task {@code classification}, {@code segmentation} or {@code embedding}
 * @param classes names, in the order of the logits
 * @param steps optimiser steps in all
 * @param viewsSeen fresh views trained in all
 * @param loss of the last step
 * @param studentAccuracy on the latest labelled originals: share of correct predictions, mean
 *     intersection over union, or mean cosine with the teacher, by the task
 * @param teacherAccuracy on the same; null for embeddings
 * @param agreement of student and teacher on the latest originals, measured likewise
 * @param learningRate of the last step
 * @param buffered views kept for replay
 * @param lag views that wait to be trained
 * @param aged views whose age at training has been measured, since the process started
 * @param ageMillis sum of those ages
 * @param backlog those that wait, without those that are only held back because an earlier record
 *     might come
 * @param batchSize fresh views of a step
 * @param time what the training thread was busy with
 */
record TrainingState(
    String student,
    String task,
    List<String> classes,
    long steps,
    long viewsSeen,
    Double loss,
    Double studentAccuracy,
    Double teacherAccuracy,
    Double agreement,
    Double learningRate,
    Double buffered,
    long lag,
    long aged,
    double ageMillis,
    long backlog,
    int batchSize,
    TrainingTime time) {}
