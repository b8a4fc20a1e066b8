package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.image.buffer.NativeBuffer;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Renders frames of an image with one interpolation, by rules that depend on the frame alone:
 *
 * <ul>
 *   <li>Bilinear, where the image is shown at more than half its size.
 *   <li>Else averaged: over the exact area where the view is a resized rectangle of whole image
 *       pixels; in all other cases by the whole factor first, and then bilinear. For perspectives
 *       the factor is that of the least reduced place.
 *   <li>Outside of the image is the border of the frame. A constant one takes part in the
 *       interpolation along the edge, as in torchvision and OpenCV, unless the image is enlarged
 *       twofold or more: the blend would be a broad seam, so the edge is sharp then. Where nothing
 *       outside is shown, the outermost pixels reach to the edge, as in a resize.
 *   <li>What lies behind the viewer of a perspective is border.
 *   <li>Small images (no side of image or view above {@value SmallImageWarper#MAX_SIDE} pixels) are
 *       interpolated in Java where the map is affine and neither averages nor resizes, see {@link
 *       SmallImageWarper}: the same within a grey level or two, and faster.
 * </ul>
 *
 * <p>For one thread.
 */
public final class ImageWarper implements AutoCloseable {
  /** OpenCV's warps take no longer sides (it counts pixels in 16 bits). */
  private static final int MAX_SIDE = 32_000;

  private final DoublePointer coefficients = new DoublePointer(9);
  private final Mat affine = new Mat(2, 3, opencv_core.CV_64FC1, coefficients);
  private final Mat projective = new Mat(3, 3, opencv_core.CV_64FC1, coefficients);
  private final Scalar outside = new Scalar(0, 0, 0, 0);
  private final Size size = new Size();
  private final Mat scratch = new Mat();
  private final Mat shrunken = new Mat();
  private int shrunkenX = 1;
  private int shrunkenY = 1;

  private final SmallImageWarper smallWarp = new SmallImageWarper();

  /** The image for {@link #smallWarp}; null until it is needed. */
  private byte[] small;

  /** Forgets what was derived from the image before; to be called when it changes. */
  public void imageChanged() {
    shrunkenX = 1;
    shrunkenY = 1;
    small = null;
    smallWarp.imageChanged();
  }

  /**
   * Renders one frame.
   *
   * @param image the frame's image, 8 bits per channel; may be that of the buffer
   * @param buffer shows the result, as many channels as the image has
   */
  public void render(Mat image, ViewTransform frame, RenderBuffer buffer) {
    AxisAlignedWarp axisAligned = AxisAlignedWarp.of(frame);
    if (isSmall(frame, axisAligned)) {
      if (small == null) {
        small = NativeBuffer.copy(image);
      }
      int channels = image.channels();
      byte[] view =
          axisAligned == null
              ? smallWarp.render(small, channels, frame)
              : axisAligned.copy(small, channels, frame);
      buffer.set(view, frame.size(), channels);
      return;
    }
    outside.put(frame.fill(), frame.fill(), frame.fill(), frame.fill());
    if (axisAligned != null) {
      axisAligned.render(image, scratch, buffer.backBuffer(), borderType(frame.border()), outside);
    } else {
      warp(image, frame, buffer.backBuffer());
    }
    buffer.swap();
  }

  private static boolean isSmall(ViewTransform frame, AxisAlignedWarp axisAligned) {
    if (!SmallImageWarper.supports(frame.image(), frame.size()) || !frame.toImage().isAffine()) {
      return false;
    }
    return switch (frame.border()) {
      case NONE, EDGE, CONSTANT ->
          axisAligned != null
              ? axisAligned.isCopy()
              : frame.reductionX() < 2 && frame.reductionY() < 2 && !isSharp(frame);
      case REFLECT, SYMMETRIC -> false;
    };
  }

  /** Whether a constant border ends where the image does, without a blend. */
  private static boolean isSharp(ViewTransform frame) {
    return frame.border() == BorderMode.CONSTANT && frame.isEnlargedTwofold();
  }

  private void warp(Mat image, ViewTransform frame, Mat result) {
    SourceWindow window = SourceWindow.of(frame);
    int factorX = factor(frame.reductionX(), window.width());
    int factorY = factor(frame.reductionY(), window.height());
    boolean sharp = isSharp(frame);
    int borderType = sharp ? opencv_core.BORDER_REPLICATE : borderType(frame.border());
    if (factorX == 1 && factorY == 1) {
      warp(image, frame, window, borderType, result);
    } else {
      shrink(image, factorX, factorY);
      ViewTransform ofShrunken =
          frame.forRendition(
              new ImageSize(shrunken.rows(), shrunken.cols()),
              ProjectiveTransform.scaling(1.0 / factorX, 1.0 / factorY));
      warp(shrunken, ofShrunken, SourceWindow.of(ofShrunken), borderType, result);
    }
    if (sharp) {
      HalfPlaneMask.insideImage(frame.toImage(), frame.image()).fillOutside(result, frame.fill());
    } else if (window.reachesBehind()) {
      HalfPlaneMask.beforeViewer(frame.toImage()).fillOutside(result, frame.fill());
    }
  }

  private static int factor(double reduction, int side) {
    return (int) Math.max(Math.max(1, Math.floor(reduction)), 1 + side / MAX_SIDE);
  }

  /** Averages the image down by whole factors; where it is no multiple, its edge is repeated. */
  private void shrink(Mat image, int factorX, int factorY) {
    if (factorX == shrunkenX && factorY == shrunkenY) {
      return;
    }
    size.width((image.cols() + factorX - 1) / factorX);
    size.height((image.rows() + factorY - 1) / factorY);
    int right = size.width() * factorX - image.cols();
    int below = size.height() * factorY - image.rows();
    if (right == 0 && below == 0) {
      AreaDownsampler.downsample(image, shrunken, size);
    } else {
      try (Mat multiple = new Mat()) {
        opencv_core.copyMakeBorder(
            image, multiple, 0, below, 0, right, opencv_core.BORDER_REPLICATE);
        AreaDownsampler.downsample(multiple, shrunken, size);
      }
    }
    shrunkenX = factorX;
    shrunkenY = factorY;
  }

  private void warp(
      Mat source, ViewTransform frame, SourceWindow window, int borderType, Mat result) {
    // OpenCV counts from pixel centres: shift by half a pixel before and after.
    ProjectiveTransform map = frame.toImage();
    double divisor = map.divisor(0.5, 0.5);
    double left = window.left() + 0.5;
    double top = window.top() + 0.5;
    coefficients.put(0, map.xx() - left * map.wx());
    coefficients.put(1, map.xy() - left * map.wy());
    coefficients.put(2, map.x0() + (map.xx() + map.xy()) / 2 - left * divisor);
    coefficients.put(3, map.yx() - top * map.wx());
    coefficients.put(4, map.yy() - top * map.wy());
    coefficients.put(5, map.y0() + (map.yx() + map.yy()) / 2 - top * divisor);
    coefficients.put(6, map.wx());
    coefficients.put(7, map.wy());
    coefficients.put(8, divisor);
    size.width(frame.size().width());
    size.height(frame.size().height());
    int flags = opencv_imgproc.INTER_LINEAR | opencv_imgproc.WARP_INVERSE_MAP;
    try (Rect rectangle = new Rect(window.left(), window.top(), window.width(), window.height());
        Mat part = source.apply(rectangle)) {
      if (map.isAffine()) {
        opencv_imgproc.warpAffine(part, result, affine, size, flags, borderType, outside);
      } else {
        opencv_imgproc.warpPerspective(part, result, projective, size, flags, borderType, outside);
      }
    }
  }

  private static int borderType(BorderMode border) {
    return switch (border) {
      case NONE, EDGE -> opencv_core.BORDER_REPLICATE;
      case CONSTANT -> opencv_core.BORDER_CONSTANT;
      case REFLECT -> opencv_core.BORDER_REFLECT_101;
      case SYMMETRIC -> opencv_core.BORDER_REFLECT;
    };
  }

  /** Frees what is larger than the limit, bytes. */
  public void shrink(long limit) {
    NativeBuffer.shrink(scratch, limit);
    NativeBuffer.shrink(shrunken, limit);
    imageChanged();
  }

  @Override
  public void close() {
    scratch.close();
    shrunken.close();
    size.close();
    outside.close();
    projective.close();
    affine.close();
    coefficients.close();
  }
}
