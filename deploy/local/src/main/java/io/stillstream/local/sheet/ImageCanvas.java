package io.stillstream.local.sheet;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.FONT_HERSHEY_SIMPLEX;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A canvas for images and captions. Text is drawn with OpenCV's own strokes, so it needs neither
 * fonts nor a display, and equal content gives equal bytes everywhere. Characters that are not
 * ASCII become question marks. For one thread.
 */
public final class ImageCanvas {
  /** Height of a line of text, pixels. */
  public static final int LINE = 14;

  private static final byte PAPER = (byte) 250;
  private static final double TEXT_SCALE = 0.36;
  private static final int TEXT_WEIGHT = 1;

  private final int height;
  private final int width;
  private final byte[] rgb;
  private final List<Text> texts = new ArrayList<>();

  /** What is written in. */
  public enum TextColor {
    BLACK(20, 20, 20),
    GREY(90, 90, 90),
    GREEN(30, 120, 50),
    RED(190, 40, 40);

    private final int red;
    private final int green;
    private final int blue;

    TextColor(int red, int green, int blue) {
      this.red = red;
      this.green = green;
      this.blue = blue;
    }
  }

  private record Text(int baseline, int left, TextColor ink, String words) {}

  /**
   * Empty paper.
   *
   * @param height rows, pixels
   * @param width columns, pixels; the product is at most {@link PixelCodec#MAX_PIXELS}
   */
  public ImageCanvas(int height, int width) {
    if (height < 1 || width < 1 || (long) height * width > PixelCodec.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a picture has 1 to %d pixels, was %d x %d"
              .formatted(PixelCodec.MAX_PIXELS, height, width));
    }
    this.height = height;
    this.width = width;
    rgb = new byte[height * width * 3];
    Arrays.fill(rgb, PAPER);
  }

  /**
   * Puts an image on the paper, every pixel of it as a square.
   *
   * @param zoom side of the squares, at least 1
   * @param pixels unsigned bytes [imageHeight, imageWidth, channels]
   * @param channels 1 (grey) or 3 (RGB)
   */
  public void drawImage(
      int top, int left, int zoom, byte[] pixels, int imageHeight, int imageWidth, int channels) {
    for (int y = 0; y < imageHeight * zoom; y++) {
      for (int x = 0; x < imageWidth * zoom; x++) {
        int from = ((y / zoom) * imageWidth + x / zoom) * channels;
        int to = ((top + y) * width + left + x) * 3;
        for (int c = 0; c < 3; c++) {
          rgb[to + c] = pixels[from + (channels == 1 ? 0 : c)];
        }
      }
    }
  }

  /** Writes one line; what does not fit on the paper is cut off. */
  public void drawText(int baseline, int left, TextColor ink, String words) {
    texts.add(new Text(baseline, left, ink, words));
  }

  /** Width of a line, pixels. */
  public static int widthOf(String words) {
    try (BytePointer ascii = new BytePointer(ascii(words));
        IntPointer baseline = new IntPointer(1);
        Size size =
            opencv_imgproc.getTextSize(
                ascii, FONT_HERSHEY_SIMPLEX, TEXT_SCALE, TEXT_WEIGHT, baseline)) {
      return size.width();
    }
  }

  /** The picture as a PNG file. */
  public byte[] png() {
    try (BytePointer bytes = new BytePointer(rgb);
        Mat canvas = new Mat(height, width, CV_8UC3, bytes)) {
      texts.forEach(text -> put(canvas, text));
      bytes.get(rgb);
    }
    texts.clear();
    return ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, height, width, 3, rgb));
  }

  private static void put(Mat canvas, Text text) {
    TextColor ink = text.ink();
    try (Point at = new Point(text.left(), text.baseline());
        Scalar color = new Scalar(ink.red, ink.green, ink.blue, 0);
        BytePointer words = new BytePointer(ascii(text.words()))) {
      opencv_imgproc.putText(
          canvas, words, at, FONT_HERSHEY_SIMPLEX, TEXT_SCALE, color, TEXT_WEIGHT, LINE_AA, false);
    }
  }

  /** OpenCV draws no other characters: letters without their marks, and a question mark else. */
  private static String ascii(String words) {
    return Normalizer.normalize(words.replace("ß", "ss"), Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .replaceAll("[^\\x20-\\x7e]", "?");
  }
}
