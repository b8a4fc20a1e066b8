package io.stillstream.local.sheet;

import io.stillstream.local.sheet.ImageCanvas.TextColor;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.Locale;

/**
 * Draws labelled views as one picture, in rows and columns. Under each view is the teacher's first
 * choice with its probability: green where it agrees with the image's label, red where it does not,
 * grey where there is no label. Where the teacher answers with masks, the view stands there with
 * the true mask and with the teacher's, and the share of pixels on which both agree.
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
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow();
    boolean masks = rows.stream().flatMap(List::stream).anyMatch(MaskedViews::hasMask);
    int cellHeight = first.getHeight() * zoom + CAPTION + GAP;
    int cellWidth = (masks ? 2 : 1) * first.getWidth() * zoom + GAP;
    ImageCanvas picture =
        new ImageCanvas(rows.size() * cellHeight + GAP, columns * cellWidth + GAP);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        LabeledView labeled = rows.get(row).get(column);
        int top = GAP + row * cellHeight;
        int left = GAP + column * cellWidth;
        if (masks) {
          MaskedViews.paint(picture, top, left, zoom, labeled);
        } else {
          paint(picture, top, left, zoom, labeled.getView());
        }
        picture.drawText((row + 1) * cellHeight - GAP, left, ink(labeled), words(labeled));
      }
    }
    return picture.png();
  }

  private static void paint(ImageCanvas picture, int top, int left, int zoom, AugmentedView view) {
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    byte[] pixels = PixelCodec.decode(view);
    picture.drawImage(top, left, zoom, pixels, height, width, channels);
  }

  private String words(LabeledView labeled) {
    if (!LabeledAnswers.isAnswered(labeled)) {
      return "passed over";
    }
    if (MaskedViews.hasMask(labeled)) {
      return MaskedViews.words(labeled);
    }
    float[] row = LabeledAnswers.row(labeled);
    if (labeled.getEmbedding() != null) {
      double squares = 0;
      for (float x : row) {
        squares += x * x;
      }
      return String.format(Locale.ROOT, "norm %.2f", Math.sqrt(squares));
    }
    int top = Logits.top(row);
    return String.format(Locale.ROOT, "%s %.2f", classes.get(top), Logits.probabilities(row)[top]);
  }

  private static TextColor ink(LabeledView labeled) {
    Label label = labeled.getView().getLabel();
    boolean hasClasses = labeled.getLogits() != null || labeled.getTopLogits() != null;
    // A mixed view has no one true class.
    if (!hasClasses || label == null || label.getSecondary() != null) {
      return TextColor.GREY;
    }
    int top = Logits.top(LabeledAnswers.row(labeled));
    return top == label.getPrimary() ? TextColor.GREEN : TextColor.RED;
  }
}
