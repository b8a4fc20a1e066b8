package io.stillstream.page.image;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.Thumbnail;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Pictures small enough to be sent as part of JSON: {@code data:} URLs of PNG files. */
public final class ImageDataUrl {
  private static final int SIDE = 96;

  /** More takes too long to decode for a look in passing. */
  private static final long MOST_PIXELS = 24_000_000;

  private static final String RAW = "application/x-raw-pixels";

  private ImageDataUrl() {}

  /** Of a raw image; null if nothing can be made of its bytes. */
  public static String of(ImageEvent event) {
    byte[] payload = bytes(event.getPayload());
    try {
      RawShape shape = event.getRawShape();
      if (event.getContentType().equals(RAW) && shape != null) {
        return url(
            Thumbnail.ofPixels(
                payload,
                shape.getHeight(),
                shape.getWidth(),
                shape.getChannels(),
                SIDE,
                MOST_PIXELS));
      }
      return url(Thumbnail.ofFile(payload, SIDE, MOST_PIXELS));
    } catch (InvalidImageException e) {
      return null;
    }
  }

  /** Of a view; null if its pixels are not what it says. */
  public static String of(AugmentedView view) {
    try {
      return of(pixels(view), view.getHeight(), view.getWidth(), view.getChannels());
    } catch (InvalidImageException e) {
      return null;
    }
  }

  static String of(byte[] hwc, int height, int width, int channels) {
    return url(Thumbnail.ofPixels(hwc, height, width, channels, SIDE, MOST_PIXELS));
  }

  /**
   * The pixels of a view, unsigned bytes [H, W, C].
   *
   * @throws InvalidImageException if they are not what it says
   */
  static byte[] pixels(AugmentedView view) {
    return PixelCodec.decode(
        view.getEncoding(),
        view.getHeight(),
        view.getWidth(),
        view.getChannels(),
        view.getPixels());
  }

  private static String url(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
