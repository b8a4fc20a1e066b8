package io.stillstream.page.bottleneck;

/**
 * What a stage spends its time on.
 *
 * @param share of the window, 0 to 1
 */
record BusyPart(String name, double share) {
  static final String WAITING = "reading and waiting";
  private static final double DIGITS = 1_000;

  BusyPart {
    share = Math.round(share * DIGITS) / DIGITS;
  }
}
