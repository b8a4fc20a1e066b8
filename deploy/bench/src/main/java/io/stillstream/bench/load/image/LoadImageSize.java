package io.stillstream.bench.load.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Size of the images that are sent, pixels. Small ones travel as bare grey pixels, larger ones as
 * JPEG files in colour.
 */
public record LoadImageSize(int width, int height) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
  private static final int LARGEST = 4096;

  /** The images that come with the project have this side. */
  static final int SMALL = 28;

  /**
   * Reads {@code WIDTHxHEIGHT}.
   *
   * @throws IllegalArgumentException if it is none, or no size that can be made
   */
  public static LoadImageSize parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be WIDTHxHEIGHT, as 500x375, was " + text);
    }
    LoadImageSize size =
        new LoadImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    if (Math.min(size.width, size.height) < SMALL || Math.max(size.width, size.height) > LARGEST) {
      throw new IllegalArgumentException(
          "sides must be within %d and %d, was %s".formatted(SMALL, LARGEST, text));
    }
    return size;
  }

  /** Whether they are those of the bundled data set. */
  boolean isSmall() {
    return width == SMALL && height == SMALL;
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
