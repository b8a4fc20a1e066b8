package io.stillstream.augmenter.geometry;

/** What a view shows outside of the image. */
public enum BorderMode {
  /** The view shows no border; interpolation along the edge repeats the outermost pixels. */
  NONE,
  /** One level for all channels. */
  CONSTANT,
  /** The outermost pixels repeated: aaa|abcd|ddd. */
  EDGE,
  /** The image mirrored at the centres of its outermost pixels: dcb|abcd|cba. */
  REFLECT,
  /** The image mirrored at its edge: cba|abcd|dcb. */
  SYMMETRIC;

  /** Whether the outside is the image itself, mirrored. */
  public boolean isMirrored() {
    return this == REFLECT || this == SYMMETRIC;
  }
}
