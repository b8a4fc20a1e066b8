package io.stillstream.schemas.image;

import io.stillstream.schemas.answer.SegmentationMask;

/** Pictures of an image with a mask over it. */
public final class MaskOverlay {
  /** Share of the class's colour where a mask covers the image, 0 to 1. */
  private static final double OPACITY = 0.55;

  private MaskOverlay() {}

  /**
   * The image as RGB, each class in its colour over it. The image stays as it is where the class is
   * 0, and is dimmed to half where it is {@link SegmentationMask#IGNORE}.
   *
   * @param hwc unsigned bytes [height, width, channels], 1 or 3 channels
   * @return unsigned bytes [height, width, 3]
   * @throws IllegalArgumentException if the mask is of another size
   */
  public static byte[] rgb(byte[] hwc, int height, int width, int channels, SegmentationMask mask) {
    if (mask.height() != height || mask.width() != width) {
      throw new IllegalArgumentException(
          "%s does not fit an image of %d x %d".formatted(mask, height, width));
    }
    byte[] rgb = new byte[3 * height * width];
    for (int pixel = 0; pixel < height * width; pixel++) {
      int id = mask.at(pixel);
      for (int channel = 0; channel < 3; channel++) {
        int image = hwc[pixel * channels + (channels == 1 ? 0 : channel)] & 0xff;
        rgb[3 * pixel + channel] = (byte) blended(image, id, channel);
      }
    }
    return rgb;
  }

  private static int blended(int image, int id, int channel) {
    if (id == 0) {
      return image;
    }
    if (id == SegmentationMask.IGNORE) {
      return image / 2;
    }
    int colour = MaskPalette.colour(id)[channel] & 0xff;
    return (int) Math.round(OPACITY * colour + (1 - OPACITY) * image);
  }
}
