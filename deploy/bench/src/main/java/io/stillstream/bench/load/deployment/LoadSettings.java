package io.stillstream.bench.load.deployment;

import io.stillstream.bench.load.image.InvalidImageShare;
import io.stillstream.bench.load.image.LoadImageSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The pipeline under load, and its load.
 *
 * @param home the project's directory
 * @param teacher model directory
 * @param student model directory
 * @param heap of each process, as in {@code -Xmx}
 */
public record LoadSettings(
    Path home, Images images, Scale scale, Path teacher, Path student, String heap, Timing timing) {

  /**
   * The images that are sent.
   *
   * @param views of each image
   */
  public record Images(LoadImageSize size, InvalidImageShare invalid, int views) {
    public Images {
      requireAtLeastOne("--views", views);
    }
  }

  /**
   * How much runs in parallel.
   *
   * @param partitions of the topics
   * @param augmenters processes
   * @param labelers processes
   */
  public record Scale(int partitions, int augmenters, int labelers) {
    public Scale {
      requireAtLeastOne("--partitions", partitions);
      requireAtLeastOne("--augmenters", augmenters);
      requireAtLeastOne("--labelers", labelers);
    }

    public int instances(ProcessRole role) {
      return switch (role) {
        case AUGMENTER -> augmenters;
        case LABELER -> labelers;
        case TRAINER, BROKER, LOAD -> 1;
      };
    }
  }

  /**
   * Of each measurement.
   *
   * @param warmUp before it
   * @param time that it takes
   */
  public record Timing(Duration warmUp, Duration time) {
    private Timing times(double share) {
      return new Timing(part(warmUp, share), part(time, share));
    }

    private static Duration part(Duration time, double share) {
      return Duration.ofNanos(Math.round(time.toNanos() * share));
    }
  }

  private static void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, was " + value);
    }
  }

  /**
   * With so many partitions, so many instances of augmenter and labeler, and a part of the time.
   */
  public LoadSettings scaled(int partitions, int instances, double timeShare) {
    return new LoadSettings(
        home,
        images,
        new Scale(partitions, instances, instances),
        teacher,
        student,
        heap,
        timing.times(timeShare));
  }

  public Path data() {
    return home.resolve("deploy/data/fashion-mnist");
  }
}
