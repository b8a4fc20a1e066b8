package io.stillstream.local.sheet;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import java.util.Locale;

/** Views of a sheet with their masks: the true one to the left, the teacher's to the right. */
final class MaskedViews {
  private MaskedViews() {}

  /** Whether there is a mask to draw. */
  static boolean hasMask(LabeledView labeled) {
    return labeled.getView().getMask() != null || labeled.getDenseLogits() != null;
  }

  static void paint(ImageCanvas picture, int top, int left, int zoom, LabeledView labeled) {
    AugmentedView view = labeled.getView();
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    byte[] pixels = PixelCodec.decode(view);
    SegmentationMask truth = truth(view);
    if (truth == null) {
      picture.drawImage(top, left, zoom, pixels, height, width, channels);
    } else {
      byte[] rgb = MaskOverlay.rgb(pixels, height, width, channels, truth);
      picture.drawImage(top, left, zoom, rgb, height, width, 3);
    }
    if (labeled.getDenseLogits() != null) {
      byte[] rgb = MaskOverlay.rgb(pixels, height, width, channels, answer(labeled));
      picture.drawImage(top, left + zoom * width, zoom, rgb, height, width, 3);
    }
  }

  /** What is below a view. */
  static String words(LabeledView labeled) {
    SegmentationMask truth = truth(labeled.getView());
    if (truth == null || labeled.getDenseLogits() == null) {
      return truth == null ? "no true mask" : "no answer";
    }
    ConfusionMatrix pixels = new ConfusionMatrix(labeled.getDenseLogits().getClasses());
    pixels.add(truth, answer(labeled));
    return String.format(Locale.ROOT, "truth, teacher: %.2f", pixels.pixelAccuracy());
  }

  private static SegmentationMask truth(AugmentedView view) {
    return view.getMask() == null
        ? null
        : MaskCodec.decode(view.getMask(), view.getHeight(), view.getWidth());
  }

  private static SegmentationMask answer(LabeledView labeled) {
    OutputShape output = LabeledAnswers.shape(labeled).orElseThrow();
    return SegmentationMask.ofPixels(LabeledAnswers.row(labeled), output);
  }
}
