package io.stillstream.augmenter.image;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.MaskDecoder;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.UndecodedImage;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.schemas.answer.SegmentationMask;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Renders views of one source image after another: opens it, decodes it once, renders each view.
 * Owns native memory, which it reuses for the next image; for one thread.
 */
final class SourceRenderer implements AutoCloseable {
  /**
   * Largest native buffer that is kept for the next image, bytes; a 12 MP photograph needs more.
   */
  private static final long MAX_KEPT_BYTES = 16L << 20;

  /** Rounding error of the reduction of a rotation. */
  private static final double ROUNDING = 1e-6;

  private final ImageDecoder decoder;
  private final RecipeRenderer renderer = new RecipeRenderer();
  private UndecodedImage opened;
  private Mat image;

  /** Of the opened image; null if it has none. */
  private ByteBuffer undecodedMask;

  /** The same at full scale; null if it has none, or if it is not decoded. */
  private SegmentationMask mask;

  private ProjectiveTransform toDecoded;

  /**
   * @param channels 1 (grey) or 3 (RGB)
   * @param maxPixels largest height × width that is decoded
   */
  SourceRenderer(int channels, long maxPixels) {
    decoder = new ImageDecoder(channels, maxPixels);
  }

  /**
   * Starts with the next image: reads its header, and decodes nothing.
   *
   * @throws RejectedImageException if the header alone shows that it cannot be decoded
   */
  void open(MaskedImage next) {
    decoder.shrink(MAX_KEPT_BYTES);
    renderer.shrink(MAX_KEPT_BYTES);
    renderer.imageChanged();
    image = null;
    undecodedMask = next.mask();
    mask = null;
    opened = decoder.open(next.source());
  }

  /** Whether the opened image has a mask, decoded or not. */
  boolean hasMask() {
    return undecodedMask != null;
  }

  /**
   * Decodes the mask, if there is one. Without this call the views have none.
   *
   * @throws RejectedImageException if it cannot be decoded or does not fit the image
   */
  void decodeMask() {
    if (hasMask()) {
      mask = MaskDecoder.decode(undecodedMask, opened.size());
    }
  }

  /** Size of the image at full scale. */
  ImageSize size() {
    return opened.size();
  }

  /**
   * Decodes at the largest reduction at which no view loses detail: at a quarter if each view shows
   * the image at a quarter of its size or less.
   *
   * @param views the steps of each view that will be rendered
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
   * Renders one view of the decoded image; valid until the next call.
   *
   * @throws IllegalArgumentException if a step is not known or lacks a value
   */
  RenderBuffer render(List<RecipeStep> steps) {
    return renderer.render(image, opened.size(), toDecoded, mask, steps);
  }

  /** Mask of the view that was rendered last; null if it has none. */
  SegmentationMask mask() {
    return renderer.mask();
  }

  @Override
  public void close() {
    renderer.close();
    decoder.close();
  }
}
