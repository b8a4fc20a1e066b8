package io.stillstream.local.terminal;

/** What a piece of output says, and its colour on a terminal. */
public enum MessageStyle {
  /** Something has failed, or is not as it has to be: red. */
  ERROR("31"),
  /** All is well: green. */
  OK("32"),
  /** Something was left out, or needs a look: yellow. */
  WARNING("33");

  private static final String END = "\u001b[0m";

  private final String begin;

  MessageStyle(String color) {
    this.begin = "\u001b[" + color + "m";
  }

  /** Switches the colour on; ECMA-48, Select Graphic Rendition. */
  String begin() {
    return begin;
  }

  /** Switches every colour off. */
  static String end() {
    return END;
  }
}
