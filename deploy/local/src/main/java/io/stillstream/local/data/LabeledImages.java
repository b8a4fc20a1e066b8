package io.stillstream.local.data;

import io.stillstream.schemas.image.FixedShapeResizer;

/** Images with their classes, in a fixed order; a file is read when its turn comes. */
public interface LabeledImages {
  int size();

  /** Class index of an image. */
  int label(int index);

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
