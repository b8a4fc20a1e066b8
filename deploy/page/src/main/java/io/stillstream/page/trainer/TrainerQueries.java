package io.stillstream.page.trainer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What only the trainer knows. All of it is cheap, and may be asked for by any thread. */
public interface TrainerQueries {
  /** Name of the student. */
  String student();

  /** Names of its classes, in the order of the logits. */
  List<String> classes();

  TrainingStatus standing();

  /**
   * How often the student named which class, on the images that accuracies are about.
   *
   * @return [label][answer]; empty before there is any, or with too many classes to show
   */
  Optional<int[][]> confusion();

  /**
   * What the champion says of pixels, whatever their size.
   *
   * @param hwc unsigned bytes [height, width, channels]
   * @return a probability for each class; empty before the first release
   */
  Optional<double[]> predict(byte[] hwc, int height, int width, int channels)
      throws InterruptedException;

  /** The latest releases, newest first. */
  List<ReleaseSummary> releases() throws IOException;
}
