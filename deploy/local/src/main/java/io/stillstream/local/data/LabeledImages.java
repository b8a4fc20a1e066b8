package io.stillstream.local.data;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.FixedShapeResizer;
import java.util.Optional;

/** Images with their classes or masks, in a fixed order; a file is read when its turn comes. */
public interface LabeledImages {
  /** The label of images that have no single class. */
  int NO_LABEL = -1;

  int size();

  /** Class index of an image, or {@link #NO_LABEL}. */
  int label(int index);

  /** The class of each pixel of an image; empty if only the image has one. */
  default Optional<SegmentationMask> mask(int index) {
    return Optional.empty();
  }

  /** How an image is called in messages. */
  String name(int index);

  /**
   * The image as an encoded file.
   *
   * @throws java.io.UncheckedIOException when it can no longer be read
   */
  byte[] file(int index);

  /**
   * The image as a model takes it: unsigned bytes [H, W, C].
   *
   * @throws io.stillstream.schemas.image.InvalidImageException when it cannot be decoded
   * @throws java.io.UncheckedIOException when it can no longer be read
   */
  byte[] pixels(int index, FixedShapeResizer fit);
}
