package io.stillstream.trainer.training.buffer;

import java.util.Arrays;

/**
 * Which places hold views of which class. Every class has a list of its places; each place knows
 * where in its list it stands, so that adding, removing and picking take constant time.
 */
final class ClassIndex {
  private int[][] places = new int[0][];
  private int[] counts = new int[0];
  private int[] classOf = new int[16];
  private int[] standing = new int[16];

  int count(int category) {
    return category < counts.length ? counts[category] : 0;
  }

  /** The class with the most places; of several the first. */
  int largest() {
    int largest = 0;
    for (int category = 1; category < counts.length; category++) {
      if (counts[category] > counts[largest]) {
        largest = category;
      }
    }
    return largest;
  }

  int place(int category, int number) {
    return places[category][number];
  }

  int classOf(int place) {
    return classOf[place];
  }

  int standing(int place) {
    return standing[place];
  }

  /** A place that was free is taken. */
  void add(int place, int category) {
    room(place, category);
    if (counts[category] == places[category].length) {
      places[category] = Arrays.copyOf(places[category], Math.max(8, 2 * counts[category]));
    }
    set(category, counts[category], place);
    counts[category]++;
  }

  /** Puts a place where it stood in its class. The counts are right when all have been put. */
  void restore(int place, int category, int stood) {
    room(place, category);
    if (stood >= places[category].length) {
      places[category] = Arrays.copyOf(places[category], Math.max(8, 2 * stood + 1));
    }
    set(category, stood, place);
    counts[category]++;
  }

  /** A place is free; the last of its class moves up. */
  void remove(int place) {
    int category = classOf[place];
    counts[category]--;
    set(category, standing[place], places[category][counts[category]]);
  }

  /** What was at one place is at another now. */
  void move(int from, int to) {
    set(classOf[from], standing[from], to);
  }

  void clear() {
    Arrays.fill(counts, 0);
  }

  private void set(int category, int stands, int place) {
    places[category][stands] = place;
    classOf[place] = category;
    standing[place] = stands;
  }

  private void room(int place, int category) {
    if (category >= counts.length) {
      int before = counts.length;
      counts = Arrays.copyOf(counts, category + 1);
      places = Arrays.copyOf(places, category + 1);
      Arrays.fill(places, before, category + 1, new int[0]);
    }
    if (place >= classOf.length) {
      classOf = Arrays.copyOf(classOf, 2 * place);
      standing = Arrays.copyOf(standing, 2 * place);
    }
  }
}
