package io.stillstream.local.sizing;

import java.util.Locale;

/** Numbers as the document has them. */
final class SizeFormat {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};

  private SizeFormat() {}

  static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String bytes(long value) {
    return bytes((double) value);
  }

  /** With three digits; a kilobyte has 1,000 bytes. */
  static String bytes(double value) {
    if (value == 0) {
      return "–";
    }
    double scaled = value;
    int unit = 0;
    while (scaled >= 999.5) {
      scaled /= 1_000;
      unit++;
    }
    int decimals = scaled >= 99.95 || unit == 0 ? 0 : scaled >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", scaled, UNITS[unit]);
  }
}
