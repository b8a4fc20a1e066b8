package io.stillstream.trainer.training.example;

/**
 * The true class of each pixel of an image, at the size of the student's views: PNG files as {@link
 * io.stillstream.schemas.image.MaskCodec} makes them. Which one fits depends on how view 0 was
 * made.
 *
 * @param stretched both sides resized independently
 * @param cropped resized until the view is covered, then the middle; the same array if that is the
 *     same
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
public record ViewMask(byte[] stretched, byte[] cropped) {
  /** What both take. */
  public long bytes() {
    return stretched == cropped ? stretched.length : (long) stretched.length + cropped.length;
  }

  /** The one that fits a view 0. */
  public byte[] file(boolean isCropped) {
    return isCropped ? cropped : stretched;
  }
}
