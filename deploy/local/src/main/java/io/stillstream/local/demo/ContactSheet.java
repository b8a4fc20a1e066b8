package io.stillstream.local.demo;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.FONT_HERSHEY_SIMPLEX;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.FloatArrays;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.pixels.PixelCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Draws labelled views as one picture, in rows and columns, and under each view the teacher's first
 * choice with its probability: green where it agrees with the image's label, red where it does not,
 * grey where there is no label.
 */
final class ContactSheet {
  private static final int MIN_CELL = 96;
  private static final int CAPTION = 18;
  private static final int GAP = 6;
  private static final byte PAPER = (byte) 250;
  private static final double[] GREEN = {30, 120, 50};
  private static final double[] RED = {190, 40, 40};
  private static final double[] GREY = {90, 90, 90};

  private final List<String> classes;

  /**
   * @param classes class names in the order of the logits
   */
  ContactSheet(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  /**
   * Draws the picture.
   *
   * @param rows views from left to right; all of one size
   * @return a PNG file
   */
  byte[] png(List<List<LabeledView>> rows) {
    if (rows.isEmpty() || rows.get(0).isEmpty()) {
      throw new IllegalArgumentException("a contact sheet needs at least one view");
    }
    AugmentedView first = rows.get(0).get(0).getView();
    int zoom = Math.max(1, (MIN_CELL + first.getWidth() - 1) / first.getWidth());
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow();
    int cellHeight = first.getHeight() * zoom + CAPTION + GAP;
    int cellWidth = first.getWidth() * zoom + GAP;
    int height = rows.size() * cellHeight + GAP;
    int width = columns * cellWidth + GAP;
    byte[] sheet = new byte[height * width * 3];
    Arrays.fill(sheet, PAPER);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        AugmentedView view = rows.get(row).get(column).getView();
        paint(sheet, width, GAP + row * cellHeight, GAP + column * cellWidth, zoom, view);
      }
    }
    caption(sheet, height, width, rows, cellHeight, cellWidth);
    ByteBuffer file = PixelCodec.encode(PixelEncoding.PNG, height, width, 3, sheet);
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }

  private static void paint(
      byte[] sheet, int sheetWidth, int top, int left, int zoom, AugmentedView view) {
    int channels = view.getChannels();
    int width = view.getWidth();
    byte[] pixels =
        PixelCodec.decode(view.getEncoding(), view.getHeight(), width, channels, view.getPixels());
    for (int y = 0; y < view.getHeight() * zoom; y++) {
      for (int x = 0; x < width * zoom; x++) {
        int from = ((y / zoom) * width + x / zoom) * channels;
        int to = ((top + y) * sheetWidth + left + x) * 3;
        for (int c = 0; c < 3; c++) {
          sheet[to + c] = pixels[from + (channels == 1 ? 0 : c)];
        }
      }
    }
  }

  private void caption(
      byte[] sheet,
      int height,
      int width,
      List<List<LabeledView>> rows,
      int cellHeight,
      int cellWidth) {
    try (BytePointer bytes = new BytePointer(sheet);
        Mat canvas = new Mat(height, width, CV_8UC3, bytes)) {
      for (int row = 0; row < rows.size(); row++) {
        for (int column = 0; column < rows.get(row).size(); column++) {
          LabeledView labeled = rows.get(row).get(column);
          try (Point at = new Point(GAP + column * cellWidth, (row + 1) * cellHeight - GAP);
              Scalar ink = ink(labeled)) {
            opencv_imgproc.putText(
                canvas, words(labeled), at, FONT_HERSHEY_SIMPLEX, 0.36, ink, 1, LINE_AA, false);
          }
        }
      }
      bytes.get(sheet);
    }
  }

  private String words(LabeledView labeled) {
    if (labeled.getLogits() == null) {
      return "passed over";
    }
    float[] logits = FloatArrays.toArray(labeled.getLogits());
    int top = argmax(logits);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - logits[top]);
    }
    return String.format(Locale.ROOT, "%s %.2f", classes.get(top), 1 / sum);
  }

  private static Scalar ink(LabeledView labeled) {
    double[] rgb = GREY;
    if (labeled.getLogits() != null && labeled.getView().getLabel() != null) {
      int top = argmax(FloatArrays.toArray(labeled.getLogits()));
      rgb = top == labeled.getView().getLabel().getPrimary() ? GREEN : RED;
    }
    return new Scalar(rgb[0], rgb[1], rgb[2], 0);
  }

  private static int argmax(float[] values) {
    int top = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[top]) {
        top = i;
      }
    }
    return top;
  }
}
