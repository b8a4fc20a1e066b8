package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.trainer.checkpoint.segment.SegmentCompaction.SegmentUse;
import io.stillstream.trainer.checkpoint.store.SegmentEntry;
import io.stillstream.trainer.checkpoint.store.SegmentedContent;
import io.stillstream.trainer.training.buffer.BufferedView;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay.ReplaySnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The replay buffer at one moment, as a checkpoint writes it. */
public final class SegmentedBuffer implements SegmentedContent {
  private final ReplaySnapshot snapshot;
  private final boolean afterErasure;

  /**
   * @param afterErasure whether views were erased that segments may still hold; then none of those
   *     segments is shared
   */
  public SegmentedBuffer(ReplaySnapshot snapshot, boolean afterErasure) {
    this.snapshot = snapshot;
    this.afterErasure = afterErasure;
  }

  @Override
  public SegmentPlan plan(Map<String, SegmentEntry> available) {
    BufferedView[] views = snapshot.buffer().views();
    Map<String, Integer> live = new HashMap<>();
    int fresh = 0;
    for (BufferedView view : views) {
      if (view.segment() != null && available.containsKey(view.segment())) {
        live.merge(view.segment(), 1, Integer::sum);
      } else {
        fresh++;
      }
    }
    List<SegmentUse> uses = new ArrayList<>();
    live.forEach(
        (name, count) -> uses.add(new SegmentUse(name, available.get(name).parts(), count)));
    Map<String, Integer> moves =
        afterErasure
            ? SegmentCompaction.movesFromShrunk(uses)
            : SegmentCompaction.moves(uses, views.length, fresh);
    return new BufferSegmentPlan(snapshot, available.keySet(), moves);
  }
}
