package io.stillstream.trainer.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.Thumbnail;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Pictures as {@code data:} URLs of PNG files; null for what is no picture. */
final class PngDataUrls {
  private static final long MAX_PIXELS = 64_000_000;
  private static final String RAW = "application/x-raw-pixels";
  private static final int LARGE = 512;
  private static final int SMALL = 96;
  private static final int AS_IT_IS = Integer.MAX_VALUE;

  private PngDataUrls() {}

  /** An image as it arrived, at most 512 pixels high and wide. */
  static String of(ImageEvent event) {
    return of(event, LARGE);
  }

  /** A view as it is. */
  static String of(AugmentedView view) {
    return of(view, AS_IT_IS);
  }

  /** Whatever a dead letter holds, at most 96 pixels high and wide. */
  static String small(Object record) {
    if (record instanceof ImageEvent event) {
      return of(event, SMALL);
    }
    if (record instanceof LabeledView labelled) {
      return of(labelled.getView(), SMALL);
    }
    return record instanceof AugmentedView view ? of(view, SMALL) : null;
  }

  private static String of(AugmentedView view, int side) {
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    try {
      byte[] hwc = PixelCodec.decode(view.getEncoding(), height, width, channels, view.getPixels());
      return url(Thumbnail.ofPixels(hwc, height, width, channels, side, MAX_PIXELS));
    } catch (InvalidImageException e) {
      return null;
    }
  }

  private static String of(ImageEvent event, int side) {
    byte[] bytes = bytes(event.getPayload());
    RawShape shape = event.getRawShape();
    try {
      if (!event.getContentType().equals(RAW)) {
        return url(Thumbnail.ofFile(bytes, side, MAX_PIXELS));
      }
      return shape == null
          ? null
          : url(
              Thumbnail.ofPixels(
                  bytes,
                  shape.getHeight(),
                  shape.getWidth(),
                  shape.getChannels(),
                  side,
                  MAX_PIXELS));
    } catch (InvalidImageException e) {
      return null;
    }
  }

  private static String url(byte[] png) {
    return "data:image/png;base64," + new String(Base64.getEncoder().encode(png), US_ASCII);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
