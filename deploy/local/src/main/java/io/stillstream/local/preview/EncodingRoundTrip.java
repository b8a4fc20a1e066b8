package io.stillstream.local.preview;

import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.schemas.image.PixelCodec;

/** Views as teacher and student see them, the loss of their encoding included. */
public final class EncodingRoundTrip {
  private EncodingRoundTrip() {}

  /**
   * What is left of a view's pixels in a record.
   *
   * @param pixels unsigned bytes [height, width, channels] of the output's shape
   * @return of the same shape
   */
  public static byte[] encodeAndDecode(OutputFormat output, byte[] pixels) {
    int height = output.size().height();
    int width = output.size().width();
    int channels = output.channels();
    return PixelCodec.decode(
        output.encoding(),
        height,
        width,
        channels,
        PixelCodec.encode(output.encoding(), height, width, channels, pixels, output.quality()));
  }
}
