package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import java.util.Arrays;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A frame that shows a rectangle of whole image pixels, copied or resized, perhaps mirrored: the
 * result of crops, resizes, flips and margins without rotation. It needs no general interpolation.
 *
 * @param x along the width
 * @param y along the height
 */
record AxisAlignedWarp(AxisMapping x, AxisMapping y) {
  /** Largest change of place, in pixels, that still counts as none. */
  private static final double ROUNDING = 1e-6;

  /** From this reduction on pixels are averaged; below it bilinear interpolation uses them all. */
  private static final double AVERAGED = 2 - 1e-9;

  /** The warp of a frame; null if the frame is not aligned to the axes. */
  static AxisAlignedWarp of(ViewTransform frame) {
    ProjectiveTransform map = frame.toImage();
    int height = frame.size().height();
    int width = frame.size().width();
    if (!map.isAffine()
        || Math.abs(map.xy()) * height > ROUNDING
        || Math.abs(map.yx()) * width > ROUNDING) {
      return null;
    }
    AxisMapping x = AxisMapping.of(map.xx(), map.x0(), width);
    AxisMapping y = AxisMapping.of(map.yy(), map.y0(), height);
    if (x == null || y == null) {
      return null;
    }
    AxisAlignedWarp axisAligned = new AxisAlignedWarp(x, y);
    return axisAligned.isFeasible(frame) ? axisAligned : null;
  }

  /** Whether every pixel of the view is one of the image or of its border. */
  boolean isCopy() {
    return x.isCopy() && y.isCopy();
  }

  private boolean isFeasible(ViewTransform frame) {
    int width = frame.image().width();
    int height = frame.image().height();
    if (x.isWithin(width) && y.isWithin(height)) {
      double most = Math.max(x.reduction(), y.reduction());
      return most < AVERAGED || Math.min(x.reduction(), y.reduction()) >= 1;
    }
    boolean reachesImage =
        x.from() < width
            && y.from() < height
            && x.from() + x.length() > 0
            && y.from() + y.length() > 0;
    return isCopy() && reachesImage && (!frame.border().isMirrored() || coversAll(width, height));
  }

  private boolean coversAll(int width, int height) {
    return x.from() <= 0
        && y.from() <= 0
        && x.from() + x.length() >= width
        && y.from() + y.length() >= height;
  }

  /**
   * Renders.
   *
   * @param image the frame's image
   * @param scratch any buffer
   * @param result gets the view; another Mat than the image
   * @param borderType OpenCV's name of the border
   * @param fill its level where it is constant
   */
  void render(Mat image, Mat scratch, Mat result, int borderType, Scalar fill) {
    int left = Math.max(0, x.from());
    int top = Math.max(0, y.from());
    int right = Math.min(image.cols(), x.from() + x.length());
    int bottom = Math.min(image.rows(), y.from() + y.length());
    boolean flipped = x.flipped() || y.flipped();
    try (Rect rectangle = new Rect(left, top, right - left, bottom - top);
        Mat window = image.apply(rectangle)) {
      if (isCopy()) {
        opencv_core.copyMakeBorder(
            window,
            flipped ? scratch : result,
            top - y.from(),
            y.from() + y.length() - bottom,
            left - x.from(),
            x.from() + x.length() - right,
            borderType | opencv_core.BORDER_ISOLATED,
            fill);
        flip(scratch, result);
      } else if (isCut()) {
        resize(window, scratch);
        cut(scratch, result);
      } else {
        resize(window, flipped ? scratch : result);
        flip(scratch, result);
      }
    }
  }

  /**
   * Renders in Java where every pixel is a copy.
   *
   * @param image shape [height, width, channels] of the frame's image
   * @param frame with a border that is neither reflected nor symmetric
   * @return shape [height, width, channels] of the view
   */
  byte[] copy(byte[] image, int channels, ViewTransform frame) {
    boolean constant = frame.border() == BorderMode.CONSTANT;
    int[] columns = x.sources(frame.image().width(), constant);
    int[] rows = y.sources(frame.image().height(), constant);
    int stride = frame.image().width() * channels;
    byte[] view = new byte[rows.length * columns.length * channels];
    if (frame.fill() != 0) {
      Arrays.fill(view, (byte) frame.fill());
    }
    int at = 0;
    for (int row : rows) {
      for (int column : columns) {
        if ((row | column) >= 0) {
          int from = row * stride + column * channels;
          for (int channel = 0; channel < channels; channel++) {
            view[at + channel] = image[from + channel];
          }
        }
        at += channels;
      }
    }
    return view;
  }

  private void resize(Mat window, Mat target) {
    try (Size size = new Size(x.pixels(), y.pixels())) {
      if (Math.max(x.reduction(), y.reduction()) >= AVERAGED) {
        AreaDownsampler.downsample(window, target, size);
      } else {
        opencv_imgproc.resize(window, target, size, 0, 0, opencv_imgproc.INTER_LINEAR);
      }
    }
  }

  private boolean isCut() {
    return x.view() != x.pixels() || y.view() != y.pixels();
  }

  private void cut(Mat resized, Mat result) {
    try (Rect rectangle = new Rect(x.before(), y.before(), x.view(), y.view());
        Mat view = resized.apply(rectangle)) {
      if (x.flipped() || y.flipped()) {
        flip(view, result);
      } else {
        view.copyTo(result);
      }
    }
  }

  private void flip(Mat from, Mat to) {
    if (x.flipped() || y.flipped()) {
      opencv_core.flip(from, to, x.flipped() && y.flipped() ? -1 : x.flipped() ? 1 : 0);
    }
  }
}
