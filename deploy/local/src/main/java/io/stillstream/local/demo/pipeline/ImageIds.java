package io.stillstream.local.demo.pipeline;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of the demo's images: {@code fashion-mnist/train/000123}, and from the second pass over the
 * data on {@code fashion-mnist/train/000123/2}. Each number has one id and each id one number, so
 * what is in the topic says what was sent.
 */
final class ImageIds {
  private final String prefix;
  private final int size;
  private final Pattern pattern;

  /**
   * @param dataName name of the data set
   * @param size images in it
   */
  ImageIds(String dataName, int size) {
    this.prefix = dataName + "/train/";
    this.size = size;
    this.pattern = Pattern.compile(Pattern.quote(prefix) + "(\\d{6,9})(?:/(\\d{1,9}))?");
  }

  /** Index in the data set of the n-th image sent. */
  int index(long number) {
    return (int) (number % size);
  }

  String id(long number) {
    long pass = number / size + 1;
    return prefix + String.format("%06d", index(number)) + (pass == 1 ? "" : "/" + pass);
  }

  /** The number behind an id; empty for images that are not the demo's. */
  OptionalLong number(String id) {
    Matcher matcher = pattern.matcher(id);
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) >= size) {
      return OptionalLong.empty();
    }
    long pass = matcher.group(2) == null ? 1 : Long.parseLong(matcher.group(2));
    return pass < 1
        ? OptionalLong.empty()
        : OptionalLong.of((pass - 1) * size + Integer.parseInt(matcher.group(1)));
  }
}
