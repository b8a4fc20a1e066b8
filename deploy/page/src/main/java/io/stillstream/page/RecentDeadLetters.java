package io.stillstream.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest dead letters. For one thread. */
final class RecentDeadLetters {
  static final int MOST = 20;

  private final Deque<DeadLetterEntry> letters = new ArrayDeque<>();

  void add(DeadLetterEntry letter) {
    letters.addFirst(letter);
    if (letters.size() > MOST) {
      letters.removeLast();
    }
  }

  /** Newest first. */
  List<DeadLetterEntry> all() {
    return List.copyOf(letters);
  }
}
