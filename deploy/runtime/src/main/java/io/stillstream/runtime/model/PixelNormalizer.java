package io.stillstream.runtime.model;

import java.nio.FloatBuffer;

/**
 * Scales pixels as a model wants them: bytes [H, W, C] become (x/255 − mean)/std, in [N, C, H, W]
 * or in [N, H, W, C]. There are 256 results per channel, computed once in double precision. Safe
 * for many threads.
 */
public final class PixelNormalizer {
  private final int channels;
  private final int plane;
  private final boolean channelsLast;
  private final float[][] scaled;

  /**
   * @throws IllegalArgumentException if the model takes bytes: it scales by itself
   */
  public PixelNormalizer(ModelSpec model) {
    this(model, model.layout());
  }

  /**
   * @param layout of the results, whatever the model's
   * @throws IllegalArgumentException if the model takes bytes: it scales by itself
   */
  public PixelNormalizer(ModelSpec model, ModelSpec.Layout layout) {
    if (model.inputType() != ModelSpec.InputType.FLOAT) {
      throw new IllegalArgumentException("model " + model.name() + " takes pixels unscaled");
    }
    channels = model.channels();
    channelsLast = layout == ModelSpec.Layout.NHWC;
    plane = Math.multiplyExact(model.height(), model.width());
    scaled = new float[channels][256];
    for (int c = 0; c < channels; c++) {
      for (int x = 0; x < 256; x++) {
        scaled[c][x] = (float) ((x / 255.0 - model.mean(c)) / model.std(c));
      }
    }
  }

  /**
   * Writes one picture; the buffer's position and limit stay as they are.
   *
   * @param hwc unsigned bytes [H, W, C]
   * @param batch at least (index + 1)·C·H·W floats, counted from zero
   * @param index the picture's place in the batch
   * @throws IllegalArgumentException if the picture has not the model's size
   * @throws IndexOutOfBoundsException if the buffer has no such place
   */
  public void fill(byte[] hwc, FloatBuffer batch, int index) {
    long size = (long) channels * plane;
    if (hwc.length != size) {
      throw new IllegalArgumentException("expected " + size + " bytes, was " + hwc.length);
    }
    if (index < 0 || (index + 1) * size > batch.limit()) {
      throw new IndexOutOfBoundsException(
          "picture " + index + " of " + size + " floats, buffer of " + batch.limit());
    }
    int out = (int) (index * size);
    if (channelsLast) {
      for (int c = 0; c < channels; c++) {
        float[] table = scaled[c];
        for (int in = c; in < hwc.length; in += channels) {
          batch.put(out + in, table[hwc[in] & 0xFF]);
        }
      }
      return;
    }
    for (int c = 0; c < channels; c++) {
      float[] table = scaled[c];
      for (int in = c; in < hwc.length; in += channels) {
        batch.put(out++, table[hwc[in] & 0xFF]);
      }
    }
  }
}
