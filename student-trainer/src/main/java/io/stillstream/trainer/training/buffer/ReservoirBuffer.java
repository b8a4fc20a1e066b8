package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A uniform sample of all views that ever came by: Algorithm R (Vitter 1985). When bytes run out
 * before places do, views drawn uniformly leave, and the sample is that much smaller from then on.
 * When views of a former teacher age out, the sample begins anew, and they stand in for the places
 * that are not taken yet.
 */
final class ReservoirBuffer implements ReplayBuffer {
  private final BufferSlots slots;
  private long offered;

  ReservoirBuffer(BufferLimits limits, long seed) {
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

  /** Keeps the view with probability capacity/offered. */
  @Override
  public void offer(TrainingExample view) {
    if (!slots.fits(view)) {
      return;
    }
    offered++;
    BufferedView buffered = new BufferedView(view);
    int stale = slots.nextStale();
    if (stale >= 0) {
      slots.set(stale, buffered);
    } else {
      place(buffered, offered);
    }
    shrink();
  }

  private void place(BufferedView view, long outOf) {
    if (!slots.isFull()) {
      slots.add(view);
      return;
    }
    long place = slots.random(outOf);
    if (place < slots.capacity()) {
      slots.set((int) place, view);
    }
  }

  /** The next views take the free places. */
  @Override
  public int removeIf(Predicate<TrainingExample> which) {
    int before = slots.size();
    slots.retain(which.negate());
    return before - slots.size();
  }

  @Override
  public int update(long image, UnaryOperator<TrainingExample> change) {
    int changed = 0;
    for (int place = slots.next(0, image); place >= 0; place = slots.next(place + 1, image)) {
      TrainingExample before = slots.get(place);
      TrainingExample after = change.apply(before);
      if (after != before) {
        slots.set(place, new BufferedView(after));
        changed++;
      }
    }
    shrink();
    return changed;
  }

  private void shrink() {
    while (slots.hasTooManyBytes()) {
      int stale = slots.nextStale();
      slots.remove(stale >= 0 ? stale : (int) slots.random(slots.size()));
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
      offered = Math.max(offered, slots.size());
      return;
    }
    if (rule == TeacherChangePolicy.DROP) {
      slots.retain(view -> !view.isFromAnother(teacher));
    }
    offered = 0;
    for (int place = 0; place < slots.size(); place++) {
      offered += slots.get(place).isFromAnother(teacher) ? 0 : 1;
    }
  }

  @Override
  public BufferState state() {
    return slots.state(
        BufferKind.RESERVOIR, new long[] {offered, slots.capacity(), slots.teacher()});
  }

  /**
   * {@inheritDoc}
   *
   * <p>With a smaller capacity than before, a uniform sample of the saved views is kept, by the
   * same algorithm: places tell the age, so none may simply be cut off. With a larger one, the next
   * views fill the free places, so that until many more have been offered they are drawn more often
   * than those before.
   */
  @Override
  public void restore(BufferState state) {
    slots.clear();
    if (state.kind() != BufferKind.RESERVOIR) {
      for (BufferedView view : state.views()) {
        offer(view.view());
      }
      return;
    }
    if (slots.isOf(state, BufferKind.RESERVOIR)) {
      slots.restore(state, (int) state.numbers()[1]);
    } else {
      slots.restore(state);
    }
    offered = state.numbers()[0];
    for (int i = 0; i < state.views().length; i++) {
      place(state.views()[i], i + 1L);
    }
    slots.evictStale(state.numbers()[2]);
    shrink();
  }
}
