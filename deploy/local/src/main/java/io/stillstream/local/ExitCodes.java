package io.stillstream.local;

/** What the exit code of a command says. */
final class ExitCodes {
  /** All done. */
  static final int OK = 0;

  /** It began and then failed; the last line on stderr says why. Or views differ. */
  static final int DIED = 1;

  /** It could not begin as asked; one line on stderr says why. */
  static final int BAD_START = 2;

  /** Done, but not with everything: files were skipped, topics differ, records are gone. */
  static final int PARTIAL = 3;

  private ExitCodes() {}
}
