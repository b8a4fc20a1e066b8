package io.stillstream.trainer.status;

/**
 * State of the training loop at one moment, as the loop last published it.
 *
 * @param steps optimiser steps over the whole life of the student
 * @param viewsSeen fresh views trained on over the whole life of the student
 * @param releaseVersion of the champion, 0 before the first release
 * @param resumed whether training continued from a checkpoint
 * @param reading whether the loop reads the input topic
 * @param lag views that wait, in Kafka and in memory
 * @param backlog those of them that are not only held back because an earlier record might come
 */
public record TrainerStatus(
    long steps,
    long viewsSeen,
    long releaseVersion,
    boolean resumed,
    boolean reading,
    long lag,
    long backlog) {
  /** Before the loop is opened. */
  public static final TrainerStatus INITIAL = new TrainerStatus(0, 0, 0, false, false, 0, 0);
}
