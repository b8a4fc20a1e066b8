package io.stillstream.bench.load.deployment;

import io.stillstream.bench.load.image.InvalidImageShare;
import io.stillstream.bench.load.image.LoadImageSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the pipeline under load is made of, and what is sent into it.
 *
 * @param home the project's directory
 * @param images their size
 * @param bad which of them are bad
 * @param views of each image
 * @param partitions of the topics
 * @param augmenters processes
 * @param labelers processes
 * @param teacher model directory
 * @param student model directory
 * @param heap of each process, as in {@code -Xmx}
 * @param warmUp before each measurement
 * @param time of each measurement
 */
public record LoadSettings(
    Path home,
    LoadImageSize images,
    InvalidImageShare bad,
    int views,
    int partitions,
    int augmenters,
    int labelers,
    Path teacher,
    Path student,
    String heap,
    Duration warmUp,
    Duration time) {

  public LoadSettings {
    requireAtLeastOne("--views", views);
    requireAtLeastOne("--partitions", partitions);
    requireAtLeastOne("--augmenters", augmenters);
    requireAtLeastOne("--labelers", labelers);
  }

  private static void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, was " + value);
    }
  }

  public LoadSettings withScale(int partitionCount, int instances) {
    return new LoadSettings(
        home,
        images,
        bad,
        views,
        partitionCount,
        instances,
        instances,
        teacher,
        student,
        heap,
        warmUp,
        time);
  }

  /** With a part of the time for warm-up and measurement. */
  public LoadSettings withTime(double share) {
    return new LoadSettings(
        home,
        images,
        bad,
        views,
        partitions,
        augmenters,
        labelers,
        teacher,
        student,
        heap,
        part(warmUp, share),
        part(time, share));
  }

  private static Duration part(Duration time, double share) {
    return Duration.ofNanos(Math.round(time.toNanos() * share));
  }

  public int instances(ProcessRole role) {
    return switch (role) {
      case AUGMENTER -> augmenters;
      case LABELER -> labelers;
      case TRAINER, BROKER, LOAD -> 1;
    };
  }

  public Path data() {
    return home.resolve("deploy/data/fashion-mnist");
  }
}
