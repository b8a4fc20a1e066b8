package io.stillstream.architecture.text;

import java.util.ArrayList;
import java.util.List;

/** The words of a command line, as a shell splits it; nothing is expanded. */
final class ShellWords {
  private final List<String> words = new ArrayList<>();
  private char quote;

  ShellWords(String command) {
    StringBuilder word = null;
    for (int at = 0; at < command.length(); at++) {
      char character = command.charAt(at);
      if (quote != 0) {
        if (character == quote) {
          quote = 0;
        } else {
          word.append(character);
        }
      } else if (character == '\'' || character == '"') {
        quote = character;
        word = word == null ? new StringBuilder() : word;
      } else if (character == '\\') {
        // The end of a line, or a character that stands for itself.
        at++;
        if (at < command.length() && command.charAt(at) != '\n') {
          word = word == null ? new StringBuilder() : word;
          word.append(command.charAt(at));
        }
      } else if (Character.isWhitespace(character)) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
      } else if (character == '#' && word == null) {
        int end = command.indexOf('\n', at);
        at = end < 0 ? command.length() : end;
      } else {
        word = word == null ? new StringBuilder() : word;
        word.append(character);
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
  }

  List<String> all() {
    return List.copyOf(words);
  }

  boolean hasOpenQuote() {
    return quote != 0;
  }
}
