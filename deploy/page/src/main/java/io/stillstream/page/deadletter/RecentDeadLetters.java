package io.stillstream.page.deadletter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest dead letters. For one thread. */
public final class RecentDeadLetters {
  public static final int MOST = 20;

  private final Deque<DeadLetterEntry> letters = new ArrayDeque<>();

  public void add(DeadLetterEntry letter) {
    letters.addFirst(letter);
    if (letters.size() > MOST) {
      letters.removeLast();
    }
  }

  /** Newest first. */
  public List<DeadLetterEntry> all() {
    return List.copyOf(letters);
  }
}
