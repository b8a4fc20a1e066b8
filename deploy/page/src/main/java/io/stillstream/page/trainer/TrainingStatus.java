package io.stillstream.page.trainer;

/**
 * Where a training stands. NaN is what is not known, or not yet; shares are from 0 to 1.
 *
 * @param steps optimiser steps in all
 * @param viewsSeen fresh views trained in all
 * @param loss of the last step
 * @param studentAccuracy on the latest labelled originals
 * @param teacherAccuracy on the same
 * @param agreement of student and teacher on the latest originals
 * @param learningRate of the last step
 * @param buffered views kept for replay
 * @param lag views that wait to be trained
 * @param aged views whose age at training has been measured, since the process began
 * @param ageMillis sum of those ages
 */
public record TrainingStatus(
    long steps,
    long viewsSeen,
    double loss,
    double studentAccuracy,
    double teacherAccuracy,
    double agreement,
    double learningRate,
    double buffered,
    double lag,
    long aged,
    double ageMillis) {}
