package io.stillstream.bench.input;

import java.util.SplittableRandom;

/**
 * Images made up of waves and a little noise: they compress about as photographs do, which a flat
 * or a purely random image would not.
 */
public final class SyntheticImages {
  private static final int WAVES = 6;
  private static final double STRENGTH = 28;
  private static final int NOISE = 14;

  private SyntheticImages() {}

  /**
   * The n-th of them, always the same.
   *
   * @return unsigned bytes [height, width, channels]
   */
  public static byte[] image(int height, int width, int channels, int number) {
    SplittableRandom random = new SplittableRandom(number);
    double[][] waves = new double[WAVES][];
    for (int w = 0; w < WAVES; w++) {
      // From one period over the image to a few pixels, in any direction.
      double frequency = 2 * Math.PI * Math.pow(2, w) / Math.max(height, width);
      double angle = random.nextDouble(Math.PI);
      waves[w] =
          new double[] {
            frequency * Math.cos(angle), frequency * Math.sin(angle), random.nextDouble(7)
          };
    }
    byte[] image = new byte[height * width * channels];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          double value = 128 + random.nextInt(-NOISE, NOISE + 1);
          for (double[] wave : waves) {
            value += STRENGTH * Math.sin(wave[0] * x + wave[1] * y + wave[2] + c);
          }
          image[at++] = (byte) Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
    return image;
  }
}
