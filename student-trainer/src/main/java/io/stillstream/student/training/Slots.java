package io.stillstream.student.training;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Views by place, without gaps, and what they take together. */
final class Slots {
  private View[] views = new View[16];
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  View get(int place) {
    return views[place];
  }

  void add(View view) {
    if (size == views.length) {
      views = Arrays.copyOf(views, 2 * size);
    }
    views[size++] = view;
    bytes += view.bytes();
  }

  void set(int place, View view) {
    bytes += view.bytes() - views[place].bytes();
    views[place] = view;
  }

  /** Removes one; the last one moves to its place. */
  void remove(int place) {
    bytes -= views[place].bytes();
    size--;
    views[place] = views[size];
    views[size] = null;
  }

  /** Keeps only some, in the same order. */
  void retain(Predicate<View> keeps) {
    View[] all = copy();
    clear();
    for (View view : all) {
      if (keeps.test(view)) {
        add(view);
      }
    }
  }

  void clear() {
    Arrays.fill(views, 0, size, null);
    size = 0;
    bytes = 0;
  }

  void drawInto(List<View> target, int count, SplitMix random) {
    for (int i = 0; i < count; i++) {
      target.add(views[(int) random.next(size)]);
    }
  }

  View[] copy() {
    return Arrays.copyOf(views, size);
  }
}
