package io.stillstream.local;

/** Whether a person watches. */
final class Terminal {
  private Terminal() {}

  /** The launcher knows ({@code -Dstillstream.terminal}); without it, whether Java has a console. */
  static boolean isTerminal() {
    String told = System.getProperty("stillstream.terminal");
    return told == null ? System.console() != null : Boolean.parseBoolean(told);
  }
}
