package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The part of a view whose pixel centres fulfil linear conditions a·x + b·y + c ≥ 0: in each row
 * one run of pixels.
 *
 * @param conditions a, b and c of each
 */
@SuppressWarnings("ArrayRecordComponent") // made and used at once
record HalfPlaneMask(double[][] conditions) {

  /** Where the centre lies within the image, edge included, and before the viewer. */
  static HalfPlaneMask insideImage(ProjectiveTransform map, ImageSize image) {
    double width = image.width();
    double height = image.height();
    return new HalfPlaneMask(
        new double[][] {
          {map.xx(), map.xy(), map.x0()},
          {map.yx(), map.yy(), map.y0()},
          {width * map.wx() - map.xx(), width * map.wy() - map.xy(), width * map.w0() - map.x0()},
          {
            height * map.wx() - map.yx(), height * map.wy() - map.yy(), height * map.w0() - map.y0()
          },
          {map.wx(), map.wy(), map.w0()}
        });
  }

  /** What lies before the viewer. */
  static HalfPlaneMask beforeViewer(ProjectiveTransform map) {
    return new HalfPlaneMask(new double[][] {{map.wx(), map.wy(), map.w0()}});
  }

  /** Fills all that does not belong to it. */
  void fillOutside(Mat view, int level) {
    int width = view.cols();
    int bytes = (int) view.elemSize();
    BytePointer data = view.data();
    for (int row = 0; row < view.rows(); row++) {
      double first = 0;
      double end = width;
      for (double[] condition : conditions) {
        double atStart = condition[0] * 0.5 + condition[1] * (row + 0.5) + condition[2];
        if (condition[0] > 0) {
          first = Math.max(first, Math.ceil(-atStart / condition[0]));
        } else if (condition[0] < 0) {
          end = Math.min(end, Math.floor(atStart / -condition[0]) + 1);
        } else if (atStart < 0) {
          end = 0;
        }
      }
      int from = (int) Math.min(first, width);
      int to = (int) Math.max(from, end);
      fill(data, ((long) row * width) * bytes, (long) from * bytes, level);
      fill(data, ((long) row * width + to) * bytes, (long) (width - to) * bytes, level);
    }
  }

  private static void fill(BytePointer data, long at, long count, int level) {
    if (count > 0) {
      Pointer.memset(data.position(at), level, count);
    }
  }
}
