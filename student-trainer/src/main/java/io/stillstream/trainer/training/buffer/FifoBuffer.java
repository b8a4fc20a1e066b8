package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The latest views, in a ring. The oldest leave first, so views of a former teacher age out by
 * themselves.
 */
final class FifoBuffer implements ReplayBuffer {
  private final BufferLimits limits;
  private SplitMix64 random;
  private BufferedView[] ring = new BufferedView[16];
  private final PlaceImages images = new PlaceImages();
  private int oldest;
  private int size;
  private long bytes;

  FifoBuffer(BufferLimits limits, long seed) {
    this.limits = limits;
    this.random = new SplitMix64(seed);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void offer(TrainingExample view) {
    if (limits.fits(view)) {
      enter(new BufferedView(view));
    }
  }

  private void enter(BufferedView view) {
    while (size == limits.views() || bytes + view.bytes() > limits.bytes()) {
      removeOldest();
    }
    add(view);
  }

  private void removeOldest() {
    bytes -= ring[oldest].bytes();
    ring[oldest] = null;
    oldest = (oldest + 1) % ring.length;
    size--;
  }

  private void add(BufferedView view) {
    if (size == ring.length) {
      ring = all(2 * size);
      oldest = 0;
      for (int place = 0; place < size; place++) {
        images.put(place, ring[place].view());
      }
    }
    int place = (int) ((oldest + (long) size) % ring.length);
    ring[place] = view;
    images.put(place, view.view());
    size++;
    bytes += view.bytes();
  }

  private BufferedView get(long number) {
    return ring[(int) ((oldest + number) % ring.length)];
  }

  /** Oldest first, and room. */
  private BufferedView[] all(int length) {
    BufferedView[] all = new BufferedView[length];
    for (int i = 0; i < size; i++) {
      all[i] = get(i);
    }
    return all;
  }

  @Override
  public void drawInto(List<TrainingExample> target, int count, SplitMix64 numbers) {
    for (int i = 0; i < count; i++) {
      target.add(get(numbers.nextLong(size)).view());
    }
  }

  @Override
  public SplitMix64 random() {
    return random;
  }

  @Override
  public void teacherChanged(long teacher, TeacherChangePolicy rule) {
    if (rule == TeacherChangePolicy.DROP) {
      int unused = removeIf(view -> view.isFromAnother(teacher));
    }
  }

  @Override
  public int removeIf(Predicate<TrainingExample> which) {
    BufferedView[] all = all(size);
    clear();
    for (BufferedView view : all) {
      if (!which.test(view.view())) {
        add(view);
      }
    }
    return all.length - size;
  }

  @Override
  public int update(long image, UnaryOperator<TrainingExample> change) {
    int changed = 0;
    int end = ring.length;
    for (int at = images.next(0, end, image); at >= 0; at = images.next(at + 1, end, image)) {
      // A place that is free has the image that was there last.
      TrainingExample before = ring[at] == null ? null : ring[at].view();
      TrainingExample after = before == null ? null : change.apply(before);
      if (after != before) {
        bytes += after.bytes() - before.bytes();
        ring[at] = new BufferedView(after);
        changed++;
      }
    }
    while (bytes > limits.bytes()) {
      removeOldest();
    }
    return changed;
  }

  private void clear() {
    ring = new BufferedView[16];
    oldest = 0;
    size = 0;
    bytes = 0;
  }

  @Override
  public BufferState state() {
    return new BufferState(BufferKind.FIFO, limits, random.state(), new long[0], all(size));
  }

  @Override
  public void restore(BufferState state) {
    clear();
    if (state.kind() == BufferKind.FIFO) {
      random = new SplitMix64(state.random());
    }
    for (BufferedView view : state.views()) {
      if (limits.fits(view.view())) {
        enter(view);
      }
    }
  }
}
