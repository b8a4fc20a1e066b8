package io.stillstream.schemas.image;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.RecordViews;
import java.util.Base64;
import java.util.Optional;

/**
 * Pictures as {@code data:} URLs of PNG files, small enough to be part of JSON. Empty for what is
 * no image, damaged, or larger than the limit.
 */
public final class PngDataUrl {
  /** Content type of bare pixels. */
  private static final String RAW = "application/x-raw-pixels";

  private final int side;
  private final long maxPixels;

  /**
   * @param side longest side of the picture, in pixels
   * @param maxPixels most pixels of an image that is decoded
   */
  public PngDataUrl(int side, long maxPixels) {
    this.side = side;
    this.maxPixels = maxPixels;
  }

  /** Of an image event, a view or a labelled view. */
  public Optional<String> ofRecord(Object record) {
    return record instanceof ImageEvent event
        ? of(event)
        : RecordViews.of(record).flatMap(this::of);
  }

  /** Of an image as it arrived. */
  public Optional<String> of(ImageEvent event) {
    byte[] payload = ByteArrays.copyOf(event.getPayload());
    try {
      if (!event.getContentType().equals(RAW)) {
        return Optional.of(url(Thumbnail.ofFile(payload, side, maxPixels)));
      }
      RawShape shape = event.getRawShape();
      return shape == null
          ? Optional.empty()
          : Optional.of(of(payload, shape.getHeight(), shape.getWidth(), shape.getChannels()));
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }

  /** Of the pixels of a view. */
  public Optional<String> of(AugmentedView view) {
    try {
      return Optional.of(
          of(PixelCodec.decode(view), view.getHeight(), view.getWidth(), view.getChannels()));
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }

  /**
   * Of bare pixels.
   *
   * @param hwc unsigned bytes {@code [height, width, channels]}
   * @throws InvalidImageException if they are too many, or the array is not of that shape
   */
  public String of(byte[] hwc, int height, int width, int channels) {
    return url(Thumbnail.ofPixels(hwc, height, width, channels, side, maxPixels));
  }

  /** Of a PNG file, as it is. */
  public static String url(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }
}
