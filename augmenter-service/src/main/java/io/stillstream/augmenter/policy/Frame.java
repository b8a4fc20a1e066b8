package io.stillstream.augmenter.policy;

/**
 * Where a view stands relative to the decoded image: its size, and for every point of it the point
 * of the image that it shows. Geometric operations turn frames into frames, so a chain of them
 * costs one interpolation, at the end.
 *
 * <p>What lies outside the decoded image is black (0). What an operation in the middle moves out of
 * its frame is not lost: a later operation may bring it back, as in a single affine transform of
 * torchvision.
 *
 * @param size size of the view
 * @param toImage from the view's coordinates to those of the decoded image
 */
public record Frame(Size size, Affine toImage) {

  /** The frame that shows the whole image as it is. */
  public static Frame of(Size image) {
    return new Frame(image, Affine.IDENTITY);
  }

  /**
   * The frame after one more operation.
   *
   * @param newSize size after the operation
   * @param newToOld from coordinates after the operation to those before it
   */
  public Frame then(Size newSize, Affine newToOld) {
    return new Frame(newSize, toImage.after(newToOld));
  }
}
