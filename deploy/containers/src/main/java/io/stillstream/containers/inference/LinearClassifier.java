package io.stillstream.containers.inference;

/**
 * What servers answer for a model without an ONNX file, computed here: the mean of each channel
 * over each quarter of the image, times fixed weights; then the version is added to the logit of
 * class {@code version % 10}, so that every answer tells which version gave it. The same as {@code
 * classifier.py}.
 */
public final class LinearClassifier {
  private LinearClassifier() {}

  /**
   * Ten logits of an image, equal to a server's within 1e-5.
   *
   * @param pixels [H, W, C] of 0 to 255
   */
  public static float[] logits(byte[] pixels, int height, int width, int channels, int version) {
    double[] features = new double[channels * 4];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
        for (int channel = 0; channel < channels; channel++) {
          int value = Byte.toUnsignedInt(pixels[(y * width + x) * channels + channel]);
          features[channel * 4 + quarter] += value / 255.0 / area(quarter, height, width);
        }
      }
    }
    return logits(features, version);
  }

  private static int area(int quarter, int height, int width) {
    int rows = quarter < 2 ? height / 2 : height - height / 2;
    int columns = quarter % 2 == 0 ? width / 2 : width - width / 2;
    return rows * columns;
  }

  private static float[] logits(double[] features, int version) {
    float[] logits = new float[RepositoryModel.CLASSES];
    for (int label = 0; label < logits.length; label++) {
      double sum = label == version % logits.length ? version : 0;
      for (int feature = 0; feature < features.length; feature++) {
        sum += features[feature] * ((feature * 31 + label * 17) % 101 / 50.0 - 1);
      }
      logits[label] = (float) sum;
    }
    return logits;
  }
}
