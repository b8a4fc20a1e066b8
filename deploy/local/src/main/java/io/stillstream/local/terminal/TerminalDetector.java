package io.stillstream.local.terminal;

/** Whether a person watches. */
public final class TerminalDetector {
  private TerminalDetector() {}

  /** The launcher passes it: Java's console would need stdin to be a terminal too. */
  public static boolean isTerminal() {
    return Boolean.getBoolean("stillstream.terminal");
  }
}
