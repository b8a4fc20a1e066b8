package io.stillstream.augmenter.image.decode;

import java.util.Locale;

/**
 * Why an image cannot become views: a closed list, since it is a metric's tag and a header of dead
 * letters.
 */
public enum RejectionReason {
  /** The payload is empty. */
  EMPTY,
  /** The payload is no JPEG, PNG, GIF, WebP or BMP file. */
  UNKNOWN_FORMAT,
  /** The structure of the file is damaged where it can be read without decoding. */
  BROKEN_FILE,
  /** The image has more pixels than {@code max-pixels} allows. */
  TOO_MANY_PIXELS,
  /** A JPEG has too many scans, or they visit the image too often. */
  TOO_MANY_SCANS,
  /** The decoder rejected the file: truncated, damaged or of a kind it does not know. */
  UNDECODABLE,
  /** Raw pixels whose shape is missing, impossible or does not match their number. */
  BAD_RAW_SHAPE,
  /** The mask is no grey PNG file of 8 bits, is damaged, or has another size than the image. */
  BAD_MASK;

  /** The reason as it appears in tags and headers. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
