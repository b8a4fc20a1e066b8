package io.stillstream.augmenter.image;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.UndecodedImage;
import io.stillstream.augmenter.operation.GeometricOperation;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * An image that views are made of: its header read, then decoded once, rendered as often as there
 * are views. Owns native memory, which it uses again for the next image; for one thread.
 */
final class SourceRenderer implements AutoCloseable {
  /**
   * Native memory kept between images, bytes per buffer: a 12 MP photograph should not stay for
   * ever.
   */
  private static final long KEPT = 16L << 20;

  /** Rotations miss whole reductions by rounding. */
  private static final double ROUNDING = 1e-6;

  private final ImageDecoder decoder;
  private final RecipeRenderer renderer = new RecipeRenderer();
  private UndecodedImage opened;
  private Mat image;
  private ProjectiveTransform toDecoded;

  /**
   * @param channels 1 (grey) or 3 (RGB)
   * @param maxPixels largest height × width that is decoded
   */
  SourceRenderer(int channels, long maxPixels) {
    decoder = new ImageDecoder(channels, maxPixels);
  }

  /**
   * Takes the next image and reads its header; nothing is decoded yet.
   *
   * @throws RejectedImageException if the header alone shows that it cannot be decoded
   */
  void open(ImageSource source) {
    decoder.shrink(KEPT);
    renderer.shrink(KEPT);
    renderer.imageChanged();
    image = null;
    opened = decoder.open(source);
  }

  /** Size of the image at full scale. */
  ImageSize size() {
    return opened.size();
  }

  /**
   * Decodes at the largest scale that no view loses anything by: where each shows the image at a
   * quarter of its size or less, a quarter is decoded.
   *
   * @param views the steps of each view that will be painted
   * @return denominator of the scale: 1, 2, 4 or 8
   * @throws RejectedImageException if it cannot be decoded
   */
  int decodeFor(List<List<RecipeStep>> views) {
    double reduction = opened.maxScale();
    for (List<RecipeStep> steps : views) {
      reduction =
          Math.min(reduction, GeometricOperation.reduction(steps, opened.size()) + ROUNDING);
    }
    int chosen = Math.max(1, Integer.highestOneBit((int) reduction));
    decode(chosen);
    return chosen;
  }

  /**
   * Decodes at 1/scale.
   *
   * @throws RejectedImageException if it cannot be decoded
   * @throws IllegalArgumentException for a scale that the format does not have
   */
  void decode(int scale) {
    image = decoder.decode(opened, scale);
    toDecoded =
        ProjectiveTransform.scaling(1.0 / scale, 1.0 / scale)
            .after(ProjectiveTransform.shift(-opened.left(scale), -opened.top(scale)));
  }

  /**
   * Renders one view of the decoded image; good until the next call.
   *
   * @throws IllegalArgumentException if a step is not known or lacks a value
   */
  RenderBuffer render(List<RecipeStep> steps) {
    return renderer.render(image, opened.size(), toDecoded, steps);
  }

  @Override
  public void close() {
    renderer.close();
    decoder.close();
  }
}
