package io.stillstream.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest dead letters. For one thread. */
final class Letters {
  static final int MOST = 20;

  private final Deque<Letter> letters = new ArrayDeque<>();

  void add(Letter letter) {
    letters.addFirst(letter);
    if (letters.size() > MOST) {
      letters.removeLast();
    }
  }

  /** Newest first. */
  List<Letter> all() {
    return List.copyOf(letters);
  }
}
