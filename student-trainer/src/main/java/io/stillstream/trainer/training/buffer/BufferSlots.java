package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Views by place, without gaps, and what they take together. */
final class BufferSlots {
  private TrainingExample[] views = new TrainingExample[16];
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  TrainingExample get(int place) {
    return views[place];
  }

  void add(TrainingExample view) {
    if (size == views.length) {
      views = Arrays.copyOf(views, 2 * size);
    }
    views[size++] = view;
    bytes += view.bytes();
  }

  void set(int place, TrainingExample view) {
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
  void retain(Predicate<TrainingExample> keeps) {
    TrainingExample[] all = copy();
    clear();
    for (TrainingExample view : all) {
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

  void drawInto(List<TrainingExample> target, int count, SplitMix64 random) {
    for (int i = 0; i < count; i++) {
      target.add(views[(int) random.nextLong(size)]);
    }
  }

  TrainingExample[] copy() {
    return Arrays.copyOf(views, size);
  }
}
