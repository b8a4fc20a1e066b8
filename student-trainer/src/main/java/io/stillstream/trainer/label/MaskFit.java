package io.stillstream.trainer.label;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.trainer.training.example.ViewMask;

/**
 * Brings the mask of an image to the size of views as the augmenter does with masks that come with
 * their image: a pixel of the view has the class of the pixel that its centre falls into. A policy
 * stretches view 0, or covers it and cuts out the middle; all arithmetic is that of its steps.
 *
 * @param height of the views
 * @param width of the views
 */
record MaskFit(int height, int width) {
  ViewMask fit(SegmentationMask mask) {
    byte[] stretched =
        png(mask, Axis.stretched(mask.height(), height), Axis.stretched(mask.width(), width));
    double scale = Math.max((double) height / mask.height(), (double) width / mask.width());
    int rows = Math.max(height, (int) Math.round(mask.height() * scale));
    int columns = Math.max(width, (int) Math.round(mask.width() * scale));
    return rows == height && columns == width
        ? new ViewMask(stretched, stretched)
        : new ViewMask(
            stretched,
            png(
                mask,
                Axis.cropped(mask.height(), rows, height),
                Axis.cropped(mask.width(), columns, width)));
  }

  private byte[] png(SegmentationMask mask, Axis y, Axis x) {
    byte[] classes = new byte[height * width];
    for (int row = 0, i = 0; row < height; row++) {
      int from = y.source(row) * mask.width();
      for (int column = 0; column < width; column++) {
        classes[i++] = mask.classes()[from + x.source(column)];
      }
    }
    return ByteArrays.copyOf(MaskCodec.encode(new SegmentationMask(height, width, classes)));
  }

  /**
   * Where the pixels along one side of the view lie in the image.
   *
   * @param side pixels of the image
   * @param scale pixels of the image per pixel of the view
   * @param first where the view begins
   */
  private record Axis(int side, double scale, double first) {
    static Axis stretched(int side, int view) {
      return new Axis(side, (double) side / view, 0);
    }

    /**
     * The middle of the covering size.
     *
     * @param covering pixels of the side that covers the view
     */
    static Axis cropped(int side, int covering, int view) {
      double scale = (double) side / covering;
      return new Axis(side, scale, scale * Math.floorDiv(covering - view, 2));
    }

    int source(int pixel) {
      return Math.min(side - 1, (int) (scale * (pixel + 0.5) + first));
    }
  }
}
