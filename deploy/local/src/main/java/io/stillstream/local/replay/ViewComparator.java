package io.stillstream.local.replay;

import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.local.replay.ViewReplayOutcome.Status;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Compares a recorded view with its replay. The replayed pixels are encoded as the recorded ones
 * are, JPEG with the quality that the recorded file tells, and the bytes compared. Where bytes
 * differ the decoded pixels decide, since these are what teacher and student see: another version
 * of a compressor may write the same PNG pixels in other bytes. So do the classes of masks.
 */
final class ViewComparator {
  private ViewComparator() {}

  /**
   * @param replayed of the view's shape if all is well
   */
  static ViewReplayOutcome compare(AugmentedView view, RenderedPixels replayed) {
    ViewReplayOutcome pixels = pixels(view, replayed.pixels());
    boolean unmasked = view.getMask() == null && replayed.mask() == null;
    return pixels.status() != Status.EQUAL || unmasked
        ? pixels
        : mask(view, replayed.mask(), pixels.detail());
  }

  private static ViewReplayOutcome mask(
      AugmentedView view, SegmentationMask replayed, String pixels) {
    if (view.getMask() == null || replayed == null) {
      return different(
          "the pixels are equal, but only the %s view has a mask"
              .formatted(replayed == null ? "recorded" : "replayed"));
    }
    SegmentationMask recorded;
    try {
      recorded = MaskCodec.decode(view.getMask(), view.getHeight(), view.getWidth());
    } catch (InvalidImageException e) {
      return different("the pixels are equal, the recorded mask is none: " + e.getMessage());
    }
    int first = Arrays.mismatch(recorded.classes(), replayed.classes());
    return first < 0
        ? equal(pixels + "; the mask, too")
        : different(
            "the pixels are equal, the mask differs, first at row %d, column %d (recorded %d, replayed %d)"
                .formatted(
                    first / view.getWidth(),
                    first % view.getWidth(),
                    recorded.at(first),
                    replayed.at(first)));
  }

  private static ViewReplayOutcome pixels(AugmentedView view, byte[] replayed) {
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    ByteBuffer recorded = view.getPixels();
    PixelEncoding encoding = view.getEncoding();
    OptionalInt quality = OptionalInt.of(PixelCodec.DEFAULT_QUALITY);
    try {
      if (encoding == PixelEncoding.JPEG) {
        quality = JpegQualityDetector.of(recorded, channels);
        if (quality.isEmpty()) {
          return different("the recorded pixels are no JPEG file of this encoder");
        }
      }
      ByteBuffer encoded =
          PixelCodec.encode(encoding, height, width, channels, replayed, quality.getAsInt());
      String form =
          encoding + (encoding == PixelEncoding.JPEG ? " of quality " + quality.getAsInt() : "");
      if (encoded.equals(recorded)) {
        return equal("%d bytes of %s, bit for bit".formatted(encoded.remaining(), form));
      }
      byte[] before = PixelCodec.decode(encoding, height, width, channels, recorded);
      byte[] now = PixelCodec.decode(encoding, height, width, channels, encoded);
      Optional<PixelDifference> difference = PixelDifference.between(before, now);
      return difference.isPresent()
          ? different(difference.get().text(width, channels))
          : equal("all %d values; the bytes of the %s differ".formatted(now.length, form));
    } catch (InvalidImageException e) {
      return different("they cannot be compared: " + e.getMessage());
    }
  }

  static ViewReplayOutcome different(String detail) {
    return new ViewReplayOutcome(Status.DIFFERENT, detail);
  }

  private static ViewReplayOutcome equal(String detail) {
    return new ViewReplayOutcome(Status.EQUAL, detail);
  }
}
