package io.stillstream.bench.load.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.OptionalLong;

/**
 * The ids of one run's images, which distinguish them from other records of a topic.
 *
 * @param prefix beginning of every id
 */
public record RunId(String prefix) {
  private static final int DIGITS = 9;

  /** One that no other run has. */
  public static RunId at(long millis) {
    return new RunId("load-" + Long.toString(millis, 36) + "/");
  }

  public String id(long number) {
    return prefix + String.format("%0" + DIGITS + "d", number);
  }

  /** The number behind a record's key; empty for records of others. */
  public OptionalLong number(byte[] key) {
    int length = prefix.length() + DIGITS;
    if (key == null || key.length != length) {
      return OptionalLong.empty();
    }
    String text = new String(key, US_ASCII);
    if (!text.startsWith(prefix)) {
      return OptionalLong.empty();
    }
    long number = 0;
    for (int i = prefix.length(); i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return OptionalLong.empty();
      }
      number = number * 10 + digit;
    }
    return OptionalLong.of(number);
  }
}
