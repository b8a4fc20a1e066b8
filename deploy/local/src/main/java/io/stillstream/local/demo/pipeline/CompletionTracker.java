package io.stillstream.local.demo.pipeline;

import io.stillstream.trainer.TrainerService;
import java.util.function.LongSupplier;

/** How many of the images sent are completed: trained on, or dead-lettered. */
public final class CompletionTracker {
  private final TrainerService trainer;
  private final DeadLetterCounter deadLetters;
  private final int viewsPerImage;
  private final LongSupplier nanoTime;
  private final long stepsBefore;
  private final long imagesBefore;
  private final long startedAt;
  private long completedAt;

  public CompletionTracker(
      TrainerService trainer,
      DeadLetterCounter deadLetters,
      int viewsPerImage,
      LongSupplier nanoTime) {
    this.trainer = trainer;
    this.deadLetters = deadLetters;
    this.viewsPerImage = viewsPerImage;
    this.nanoTime = nanoTime;
    this.stepsBefore = trainer.steps();
    this.imagesBefore = trainer.viewsSeen() / viewsPerImage;
    this.startedAt = nanoTime.getAsLong();
  }

  /** Optimiser steps over the life of the student. */
  public long steps() {
    return trainer.steps();
  }

  /** Whether this process has made a step. */
  public boolean hasStepped() {
    return trainer.steps() > stepsBefore;
  }

  /** Images all of whose views are trained or dead-lettered. */
  public long completedImages() {
    return deadLetters.ownImages() + (trainer.viewsSeen() + deadLetters.ownViews()) / viewsPerImage;
  }

  /** Whether so many images are completed. */
  public boolean isCompleted(long images) {
    boolean all =
        trainer.viewsSeen() + deadLetters.ownViews()
            >= (images - deadLetters.ownImages()) * viewsPerImage;
    if (all && completedAt == 0) {
      completedAt = nanoTime.getAsLong();
    }
    return all;
  }

  /** Images trained by this process, by the time that it took. */
  public double imagesPerSecond() {
    long until = completedAt == 0 ? nanoTime.getAsLong() : completedAt;
    long images = trainer.viewsSeen() / viewsPerImage - imagesBefore;
    return images / Math.max(1e-3, (until - startedAt) / 1e9);
  }
}
