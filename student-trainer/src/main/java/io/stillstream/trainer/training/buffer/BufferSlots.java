package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The views of a buffer that is a sample, by place and without gaps, with what every such buffer
 * needs: its limits, its random numbers, and views of former teachers that are to leave first. Its
 * capacity is the limit on views until bytes run out, and then what there was room for.
 *
 * <p>Views of former teachers leave in the order of their places. A view that moves to another
 * place sets the search for the next one back, so where the search continues need not be saved:
 * from the first place it finds the same one.
 */
final class BufferSlots {
  private final BufferLimits limits;
  private SplitMix64 random;
  private int capacity;
  private BufferedView[] views = new BufferedView[16];
  private final PlaceImages images = new PlaceImages();
  private int size;
  private long bytes;

  /** The teacher whose views stay; 0 where none leave first. */
  private long teacher;

  /** No view before this place is to leave first. */
  private int staleFrom;

  BufferSlots(BufferLimits limits, long seed) {
    this.limits = limits;
    this.random = new SplitMix64(seed);
    this.capacity = limits.views();
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  int capacity() {
    return capacity;
  }

  boolean isFull() {
    return size >= capacity;
  }

  /** Whether a view can be kept at all. */
  boolean fits(TrainingExample view) {
    return limits.fits(view);
  }

  boolean hasTooManyBytes() {
    return bytes > limits.bytes();
  }

  /** The next place from one on whose view shows an image; −1 if there is none. */
  int next(int from, long image) {
    return images.next(from, size, image);
  }

  TrainingExample get(int place) {
    return views[place].view();
  }

  void add(BufferedView view) {
    if (size == views.length) {
      views = Arrays.copyOf(views, 2 * size);
    }
    images.put(size, view.view());
    views[size++] = view;
    bytes += view.bytes();
  }

  void set(int place, BufferedView view) {
    bytes += view.bytes() - views[place].bytes();
    views[place] = view;
    images.put(place, view.view());
  }

  /** Removes one for want of bytes; the last one moves to its place, and capacity shrinks. */
  void remove(int place) {
    bytes -= views[place].bytes();
    size--;
    views[place] = views[size];
    images.move(size, place);
    views[size] = null;
    staleFrom = Math.min(staleFrom, place);
    capacity = size;
  }

  /** Keeps only some, in the same order. */
  void retain(Predicate<TrainingExample> keeps) {
    BufferedView[] all = copy();
    clear();
    for (BufferedView view : all) {
      if (keeps.test(view.view())) {
        add(view);
      }
    }
  }

  void clear() {
    Arrays.fill(views, 0, size, null);
    size = 0;
    bytes = 0;
    staleFrom = 0;
  }

  /** Views of others than this teacher are to leave first; 0 for none. */
  void evictStale(long currentTeacher) {
    teacher = currentTeacher;
    staleFrom = 0;
  }

  /** The place of the next view that is to leave first, or −1. */
  int nextStale() {
    while (teacher != 0 && staleFrom < size) {
      if (views[staleFrom].view().isFromAnother(teacher)) {
        return staleFrom;
      }
      staleFrom++;
    }
    teacher = 0;
    return -1;
  }

  /** Uniform in [0, bound). */
  long random(long bound) {
    return random.nextLong(bound);
  }

  SplitMix64 random() {
    return random;
  }

  void drawInto(List<TrainingExample> target, int count, SplitMix64 numbers) {
    for (int i = 0; i < count; i++) {
      target.add(views[(int) numbers.nextLong(size)].view());
    }
  }

  BufferedView[] copy() {
    return Arrays.copyOf(views, size);
  }

  /** The teacher whose views stay; 0 where none leave first. */
  long teacher() {
    return teacher;
  }

  BufferState state(BufferKind kind, long[] numbers) {
    return new BufferState(kind, limits, random.state(), numbers, copy());
  }

  /** Whether a buffer of this kind can continue from a state as it is. */
  boolean isOf(BufferState state, BufferKind kind) {
    return state.isOf(kind, limits);
  }

  /** Continues with the random numbers of a state, and with a capacity. */
  void restore(BufferState state, int savedCapacity) {
    random = new SplitMix64(state.random());
    capacity = savedCapacity;
  }

  /** The same with the capacity that the limits give. */
  void restore(BufferState state) {
    restore(state, limits.views());
  }
}
