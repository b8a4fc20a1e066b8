package io.stillstream.bench.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Pictures that behave as photographs do: colours, and texture at every scale. */
public final class SyntheticPhotographs {
  private SyntheticPhotographs() {}

  /**
   * Writes one: noise at scales from the whole picture down to few pixels, the finer the weaker.
   */
  public static void photograph(Path file, int height, int width, int seed) {
    opencv_core.setRNGSeed(seed);
    try (Scalar grey = new Scalar(128, 128, 128, 0);
        Mat sum = new Mat(height, width, opencv_core.CV_8UC3, grey);
        Size size = new Size(width, height);
        Scalar strength = new Scalar(60, 60, 60, 0)) {
      for (int cells = 3; cells <= height / 3; cells *= 3) {
        try (Mat noise = new Mat(cells, cells * 4 / 3, opencv_core.CV_8UC3);
            Mat middle = new Mat(3, 1, opencv_core.CV_64FC1, grey);
            Mat deviation = new Mat(3, 1, opencv_core.CV_64FC1, strength);
            Mat grown = new Mat()) {
          opencv_core.randn(noise, middle, deviation);
          opencv_imgproc.resize(noise, grown, size, 0, 0, opencv_imgproc.INTER_CUBIC);
          double share = Math.max(0.15, 1.5 / cells);
          opencv_core.addWeighted(sum, 1, grown, share, -128 * share, sum);
        }
      }
      fade(sum);
      assertThat(opencv_imgcodecs.imwrite(file.toString(), sum)).isTrue();
    }
  }

  /** Channels of photographs go together: most of a picture is light and shadow. */
  private static void fade(Mat picture) {
    try (Mat grey = new Mat();
        Mat colourless = new Mat()) {
      opencv_imgproc.cvtColor(picture, grey, opencv_imgproc.COLOR_BGR2GRAY);
      opencv_imgproc.cvtColor(grey, colourless, opencv_imgproc.COLOR_GRAY2BGR);
      opencv_core.addWeighted(picture, 0.4, colourless, 0.6, 0, picture);
    }
  }
}
