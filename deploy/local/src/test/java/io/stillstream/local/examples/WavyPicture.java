package io.stillstream.local.examples;

import java.util.Random;

/** Pictures with structure and noise, which no two encodings or decoders take for the same. */
final class WavyPicture {
  private WavyPicture() {}

  /** Unsigned bytes [height, width, channels]. */
  static byte[] hwc(int height, int width, int channels, Random random) {
    byte[] pixels = new byte[height * width * channels];
    int i = 0;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < channels; channel++) {
          double wave = Math.sin(row / 9.0 + channel) * Math.cos(column / 5.0);
          pixels[i++] = (byte) (128 + 90 * wave + random.nextInt(30));
        }
      }
    }
    return pixels;
  }
}
