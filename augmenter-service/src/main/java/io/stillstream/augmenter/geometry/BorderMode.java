package io.stillstream.augmenter.geometry;

/** What a frame shows where there is no image. */
public enum BorderMode {
  /** It shows nothing but the image; interpolation along the edge repeats the outermost pixels. */
  UNSEEN,
  /** One level for all channels. */
  CONSTANT,
  /** The outermost pixels again and again: aaa|abcd|ddd. */
  EDGE,
  /** The image mirrored at the centres of its outermost pixels: dcb|abcd|cba. */
  REFLECT,
  /** The image mirrored at its edge: cba|abcd|dcb. */
  SYMMETRIC
}
