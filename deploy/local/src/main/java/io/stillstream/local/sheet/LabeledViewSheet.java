package io.stillstream.local.sheet;

import io.stillstream.local.sheet.ImageCanvas.TextColor;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Draws labelled views as one picture, in rows and columns, and under each view the teacher's first
 * choice with its probability: green where it agrees with the image's label, red where it does not,
 * grey where there is no label. If teachers answered with pixels, each view is drawn twice: with
 * the true mask, and beside it with the teacher's; below is the share of pixels that agree.
 */
public final class LabeledViewSheet {
  private static final int MIN_CELL = 96;
  private static final int CAPTION = 18;
  private static final int GAP = 6;

  private final List<String> classes;

  /**
   * @param classes class names in the order of the logits
   */
  public LabeledViewSheet(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  /**
   * Draws the picture.
   *
   * @param rows views from left to right; all of one size
   * @return a PNG file
   */
  public byte[] png(List<List<LabeledView>> rows) {
    if (rows.isEmpty() || rows.get(0).isEmpty()) {
      throw new IllegalArgumentException("a contact sheet needs at least one view");
    }
    AugmentedView first = rows.get(0).get(0).getView();
    int zoom = Math.max(1, (MIN_CELL + first.getWidth() - 1) / first.getWidth());
    boolean dense =
        rows.stream().flatMap(List::stream).anyMatch(view -> view.getDenseLogits() != null);
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow();
    int cellHeight = first.getHeight() * zoom + CAPTION + GAP;
    int imageWidth = first.getWidth() * zoom + GAP;
    int cellWidth = dense ? 2 * imageWidth : imageWidth;
    ImageCanvas picture =
        new ImageCanvas(rows.size() * cellHeight + GAP, columns * cellWidth + GAP);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        LabeledView labeled = rows.get(row).get(column);
        AugmentedView view = labeled.getView();
        int top = GAP + row * cellHeight;
        int left = GAP + column * cellWidth;
        paint(picture, top, left, zoom, view, dense ? MaskCodec.of(view) : Optional.empty());
        if (dense) {
          paint(picture, top, left + imageWidth, zoom, view, LabeledAnswers.mask(labeled));
        }
        picture.drawText((row + 1) * cellHeight - GAP, left, ink(labeled), words(labeled));
      }
    }
    return picture.png();
  }

  private static void paint(
      ImageCanvas picture,
      int top,
      int left,
      int zoom,
      AugmentedView view,
      Optional<SegmentationMask> mask) {
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    byte[] pixels = PixelCodec.decode(view);
    if (mask.isPresent()) {
      byte[] rgb = MaskOverlay.rgb(pixels, height, width, channels, mask.get());
      picture.drawImage(top, left, zoom, rgb, height, width, 3);
    } else {
      picture.drawImage(top, left, zoom, pixels, height, width, channels);
    }
  }

  private String words(LabeledView labeled) {
    OutputShape shape = LabeledAnswers.shape(labeled).orElse(null);
    if (shape == null) {
      return "passed over";
    }
    return switch (shape.task()) {
      case CLASSIFICATION -> {
        float[] logits = LabeledAnswers.row(labeled);
        int top = Logits.top(logits);
        yield String.format(
            Locale.ROOT, "%s %.2f", classes.get(top), Logits.probabilities(logits)[top]);
      }
      case SEGMENTATION -> {
        ConfusionMatrix counts = new ConfusionMatrix(shape.channels());
        MaskCodec.of(labeled.getView())
            .ifPresent(
                truth ->
                    LabeledAnswers.mask(labeled).ifPresent(answer -> counts.add(truth, answer)));
        yield counts.pixels() == 0
            ? "no true mask"
            : String.format(Locale.ROOT, "pixel accuracy %.2f", counts.pixelAccuracy());
      }
      case EMBEDDING -> shape.channels() + " numbers";
    };
  }

  private static TextColor ink(LabeledView labeled) {
    Label label = labeled.getView().getLabel();
    boolean classified = labeled.getLogits() != null || labeled.getTopLogits() != null;
    // A mixed view has no one true class.
    if (!classified || label == null || label.getSecondary() != null) {
      return TextColor.GREY;
    }
    return Logits.top(LabeledAnswers.row(labeled)) == label.getPrimary()
        ? TextColor.GREEN
        : TextColor.RED;
  }
}
