package io.stillstream.local.exit;

/** What the exit code of a command says. */
public final class ExitCodes {
  /** All done. */
  public static final int OK = 0;

  /** It began and then failed; the last line on stderr says why. Or views differ. */
  public static final int DIED = 1;

  /** It could not begin as asked; one line on stderr says why. */
  public static final int BAD_START = 2;

  /** Done, but not with everything: files were skipped, topics differ, records are gone. */
  public static final int PARTIAL = 3;

  private ExitCodes() {}
}
