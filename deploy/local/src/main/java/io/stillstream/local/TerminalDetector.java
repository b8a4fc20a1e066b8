package io.stillstream.local;

/** Whether a person watches. */
final class TerminalDetector {
  private TerminalDetector() {}

  /** The launcher knows, and says so: Java's console would need stdin to be a terminal too. */
  static boolean isTerminal() {
    return Boolean.getBoolean("stillstream.terminal");
  }
}
