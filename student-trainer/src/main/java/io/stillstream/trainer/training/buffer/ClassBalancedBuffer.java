package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * As many views of each class as there can be, and within each class a uniform sample: class-
 * balancing reservoir sampling (Chrysakis and Moens, ICML 2020). A view's class is its label, or
 * else the one that the teacher favours. A class is full once it has been the largest while the
 * buffer was full; views of others take the places of the largest, views of full classes those of
 * their own with probability kept/seen. When bytes run out, a view of the largest class is removed.
 */
final class ClassBalancedBuffer implements ReplayBuffer {
  private static final int HEAD = 3;

  private final BufferSlots slots;
  private final ClassIndex places = new ClassIndex();
  private long[] seen = new long[0];
  private boolean[] full = new boolean[0];

  ClassBalancedBuffer(BufferLimits limits, long seed) {
    slots = new BufferSlots(limits, seed);
  }

  @Override
  public int size() {
    return slots.size();
  }

  @Override
  public long bytes() {
    return slots.bytes();
  }

  @Override
  public void offer(TrainingExample view) {
    int category = view.category();
    if (category < 0 || !slots.fits(view)) {
      return;
    }
    count(category);
    BufferedView buffered = new BufferedView(view);
    int stale = slots.nextStale();
    if (stale >= 0) {
      replace(stale, buffered, category);
    } else if (slots.isFull()) {
      compete(buffered, category);
    } else {
      add(buffered, category);
    }
    shrink();
  }

  private void count(int category) {
    if (category >= seen.length) {
      seen = Arrays.copyOf(seen, category + 1);
      full = Arrays.copyOf(full, category + 1);
    }
    seen[category]++;
  }

  private void compete(BufferedView view, int category) {
    int largest = places.largest();
    full[largest] = true;
    full[category] |= places.count(category) == places.count(largest);
    if (!full[category]) {
      replace(any(largest), view, category);
    } else if (slots.random(seen[category]) < places.count(category)) {
      replace(any(category), view, category);
    }
  }

  private int any(int category) {
    return places.place(category, (int) slots.random(places.count(category)));
  }

  private void add(BufferedView view, int category) {
    places.add(slots.size(), category);
    slots.add(view);
  }

  private void replace(int place, BufferedView view, int category) {
    slots.set(place, view);
    if (places.classOf(place) != category) {
      places.remove(place);
      places.add(place, category);
    }
  }

  private void shrink() {
    while (slots.hasTooManyBytes()) {
      int stale = slots.nextStale();
      int place = stale >= 0 ? stale : any(places.largest());
      places.remove(place);
      slots.remove(place);
      if (place < slots.size()) {
        places.move(slots.size(), place);
      }
    }
  }

  @Override
  public void drawInto(List<TrainingExample> target, int count, SplitMix64 random) {
    slots.drawInto(target, count, random);
  }

  @Override
  public SplitMix64 random() {
    return slots.random();
  }

  @Override
  public void teacherChanged(long teacher, TeacherChangePolicy rule) {
    slots.evictStale(rule == TeacherChangePolicy.AGE_OUT ? teacher : 0);
    if (rule == TeacherChangePolicy.KEEP) {
      // Those that were to age out count again.
      Arrays.setAll(seen, category -> Math.max(seen[category], places.count(category)));
      return;
    }
    if (rule == TeacherChangePolicy.DROP) {
      retain(view -> !view.isFromAnother(teacher));
    }
    Arrays.fill(full, false);
    Arrays.fill(seen, 0);
    for (int place = 0; place < slots.size(); place++) {
      if (!slots.get(place).isFromAnother(teacher)) {
        seen[places.classOf(place)]++;
      }
    }
  }

  private void retain(Predicate<TrainingExample> keeps) {
    BufferedView[] all = slots.copy();
    slots.clear();
    places.clear();
    for (BufferedView view : all) {
      if (keeps.test(view.view())) {
        add(view, view.view().category());
      }
    }
  }

  /** Classes that lose views begin anew with those that are left. */
  @Override
  public int removeIf(Predicate<TrainingExample> which) {
    int before = slots.size();
    int[] counts = new int[seen.length];
    Arrays.setAll(counts, places::count);
    retain(which.negate());
    for (int category = 0; category < counts.length; category++) {
      if (places.count(category) < counts[category]) {
        seen[category] = places.count(category);
        full[category] = false;
      }
    }
    return before - slots.size();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A view that belongs to another class now counts as one that was offered as such.
   */
  @Override
  public int update(long image, UnaryOperator<TrainingExample> change) {
    int changed = 0;
    for (int place = slots.next(0, image); place >= 0; place = slots.next(place + 1, image)) {
      TrainingExample before = slots.get(place);
      TrainingExample after = change.apply(before);
      if (after != before) {
        reclassify(place, after);
        slots.set(place, new BufferedView(after));
        changed++;
      }
    }
    shrink();
    return changed;
  }

  private void reclassify(int place, TrainingExample view) {
    int before = places.classOf(place);
    int category = view.category();
    if (before == category) {
      return;
    }
    count(category);
    seen[before]--;
    if (slots.teacher() != 0 && view.isFromAnother(slots.teacher())) {
      // It ages out, and has not been counted since.
      seen[category]--;
      seen[before]++;
    }
    places.remove(place);
    places.add(place, category);
  }

  @Override
  public BufferState state() {
    int classes = seen.length;
    long[] numbers = new long[HEAD + 2 * classes + slots.size()];
    numbers[0] = slots.capacity();
    numbers[1] = slots.teacher();
    numbers[2] = classes;
    for (int category = 0; category < classes; category++) {
      numbers[HEAD + category] = seen[category];
      numbers[HEAD + classes + category] = full[category] ? 1 : 0;
    }
    for (int place = 0; place < slots.size(); place++) {
      numbers[HEAD + 2 * classes + place] = places.standing(place);
    }
    return slots.state(BufferKind.CLASS_BALANCED, numbers);
  }

  @Override
  public void restore(BufferState state) {
    slots.clear();
    places.clear();
    if (!slots.isOf(state, BufferKind.CLASS_BALANCED)) {
      for (BufferedView view : state.views()) {
        offer(view.view());
      }
      return;
    }
    slots.restore(state, (int) state.numbers()[0]);
    int classes = (int) state.numbers()[2];
    seen = new long[classes];
    full = new boolean[classes];
    for (int category = 0; category < classes; category++) {
      seen[category] = state.numbers()[HEAD + category];
      full[category] = state.numbers()[HEAD + classes + category] == 1;
    }
    for (int place = 0; place < state.views().length; place++) {
      BufferedView view = state.views()[place];
      places.restore(
          place, view.view().category(), (int) state.numbers()[HEAD + 2 * classes + place]);
      slots.add(view);
    }
    slots.evictStale(state.numbers()[1]);
  }
}
