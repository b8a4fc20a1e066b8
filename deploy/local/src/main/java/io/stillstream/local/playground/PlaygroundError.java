package io.stillstream.local.playground;

/**
 * Something that is wrong with what was sent.
 *
 * @param line in the text of the policy, from 1; null if it is not about the text
 * @param column in that line, from 1
 * @param message with the key, the rule and what was there
 */
record PlaygroundError(Integer line, Integer column, String message) {
  static PlaygroundError nowhere(String message) {
    return new PlaygroundError(null, null, message);
  }
}
