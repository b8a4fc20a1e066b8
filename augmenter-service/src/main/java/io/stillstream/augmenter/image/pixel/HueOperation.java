package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The step {@code hue}: turns the hue by {@code factor} of the full circle in HSV, as torchvision.
 * In floating point: OpenCV's 8-bit HSV is off by several levels, and not faster. A strip of pixels
 * at a time, so that it stays within the processor's caches and takes little memory. Grey images
 * have no hue and stay as they are.
 */
final class HueOperation implements PixelOperation, AutoCloseable {
  private static final int STRIP = 8_192;

  private final FloatPointer rgb = new FloatPointer(3L * STRIP);
  private final FloatPointer hsv = new FloatPointer(3L * STRIP);

  /** Leaves saturation and value, and adds to the hue; OpenCV's own addition is slower. */
  private final FloatPointer rows = new FloatPointer(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);

  private final Mat turn = new Mat(3, 4, opencv_core.CV_32FC1, rows);

  @Override
  public void apply(RenderBuffer buffer, RecipeStep step) {
    double factor = step.value("factor");
    Mat image = buffer.image();
    if (image.channels() == 1) {
      return;
    }
    rows.put(3, (float) (360 * (factor - Math.floor(factor))));
    long pixels = image.total();
    for (long from = 0; from < pixels; from += STRIP) {
      rotateHue(image.data().position(3 * from), (int) Math.min(STRIP, pixels - from));
    }
  }

  private void rotateHue(BytePointer levels, int pixels) {
    try (Mat strip = new Mat(1, pixels, opencv_core.CV_8UC3, levels);
        Mat colours = new Mat(1, pixels, opencv_core.CV_32FC3, rgb);
        Mat turned = new Mat(1, pixels, opencv_core.CV_32FC3, hsv)) {
      strip.convertTo(colours, opencv_core.CV_32F, 1 / 255.0, 0);
      opencv_imgproc.cvtColor(colours, turned, opencv_imgproc.COLOR_RGB2HSV);
      opencv_core.transform(turned, turned, turn);
      opencv_imgproc.cvtColor(turned, colours, opencv_imgproc.COLOR_HSV2RGB);
      // torchvision's way back to levels: each of the 256 has an equal share of 0 to 1.
      colours.convertTo(strip, opencv_core.CV_8U, 255.999, Truncation.OFFSET);
    }
  }

  @Override
  public void close() {
    turn.close();
    rows.close();
    hsv.close();
    rgb.close();
  }
}
