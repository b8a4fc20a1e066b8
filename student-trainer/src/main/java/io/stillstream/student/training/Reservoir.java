package io.stillstream.student.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A uniform sample of all views that ever came by, of bounded size: Algorithm R (Vitter 1985).
 * Draws are with replacement.
 */
public final class Reservoir {
  private final int capacity;
  private final List<View> views;
  private SplitMix random;
  private long offered;

  /**
   * @param capacity in views, at least 1
   * @param seed of places and draws
   */
  public Reservoir(int capacity, long seed) {
    this.capacity = capacity;
    this.views = new ArrayList<>();
    this.random = new SplitMix(seed);
  }

  /** How many views there are to draw from. */
  public int size() {
    return views.size();
  }

  /** Offers a view, which is kept with probability capacity/offered. */
  void offer(View view) {
    offered++;
    if (views.size() < capacity) {
      views.add(view);
      return;
    }
    long place = random.next(offered);
    if (place < capacity) {
      views.set((int) place, view);
    }
  }

  /** Adds {@code count} views, each drawn uniformly from all; there has to be one. */
  void drawInto(List<View> target, int count) {
    for (int i = 0; i < count; i++) {
      target.add(views.get((int) random.next(views.size())));
    }
  }

  /** Writes everything: views, their places, the state of the randomness. */
  public void save(DataOutputStream out) throws IOException {
    out.writeLong(offered);
    out.writeLong(random.state());
    out.writeInt(views.size());
    for (View view : views) {
      ViewFormat.write(view, out);
    }
  }

  /**
   * Takes up what was saved. With a smaller capacity than before, a uniform sample of the saved
   * views is kept, by the same algorithm: places tell the age, so none may simply be cut off. With
   * a larger one, the next views fill the free places, so that until many more have been offered
   * they are drawn more often than those before.
   */
  public void restore(DataInputStream in) throws IOException {
    offered = in.readLong();
    random = new SplitMix(in.readLong());
    views.clear();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      View view = ViewFormat.read(in);
      if (i < capacity) {
        views.add(view);
        continue;
      }
      long place = random.next(i + 1L);
      if (place < capacity) {
        views.set((int) place, view);
      }
    }
  }
}
