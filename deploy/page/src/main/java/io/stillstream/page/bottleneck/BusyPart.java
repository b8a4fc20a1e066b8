package io.stillstream.page.bottleneck;

/**
 * What a stage spends its time on.
 *
 * @param share of the window, 0 to 1
 */
record BusyPart(String name, double share) {
  static final String WAITING = "reading and waiting";
}
