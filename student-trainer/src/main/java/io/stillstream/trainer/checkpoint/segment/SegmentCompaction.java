package io.stillstream.trainer.checkpoint.segment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the views that leave their segment for the new one, so that the segment can be deleted:
 * those of segments that the buffer uses less than half of, and of the smallest when there are too
 * many segments. So segments hold about twice the buffer at most. In one checkpoint a twentieth of
 * the buffer moves, or twice what is new if that is more: with a reservoir, of which a share f is
 * new at each checkpoint, f/ln 2 has to move on average.
 */
final class SegmentCompaction {
  private static final int SHARE_OF_BUFFER = 20;
  private static final int SHARE_OF_NEW = 2;

  /** Of them a checkpoint has to be told. */
  static final int MOST_SEGMENTS = 64;

  private SegmentCompaction() {}

  /**
   * How much of a segment the buffer uses.
   *
   * @param views in the segment
   * @param live views that are in the buffer still, at least 1
   */
  record SegmentUse(String name, int views, int live) {
    boolean isBelowHalf() {
      return 2L * live < views;
    }
  }

  /**
   * How many views leave which segment.
   *
   * @param size views in the buffer
   * @param fresh views of them that are in no segment
   */
  static Map<String, Integer> moves(List<SegmentUse> segments, int size, int fresh) {
    long budget = Math.max(size / SHARE_OF_BUFFER, (long) SHARE_OF_NEW * fresh);
    Map<String, Integer> moves = new LinkedHashMap<>();
    List<SegmentUse> kept = new ArrayList<>();
    for (SegmentUse segment : sorted(segments, use -> (double) use.live() / use.views())) {
      int moved = segment.isBelowHalf() ? (int) Math.min(budget, segment.live()) : 0;
      if (moved > 0) {
        moves.put(segment.name(), moved);
        budget -= moved;
      }
      if (moved < segment.live()) {
        kept.add(segment);
      }
    }
    if (kept.size() >= MOST_SEGMENTS) {
      merge(kept, budget, moves);
    }
    return moves;
  }

  /** Half of them at once if possible: so each view moves rarely for this reason. */
  private static void merge(List<SegmentUse> kept, long atMost, Map<String, Integer> moves) {
    long budget = atMost;
    int surplus = kept.size() - MOST_SEGMENTS / 2;
    for (SegmentUse segment : sorted(kept, SegmentUse::live)) {
      if (surplus > 0 && segment.live() <= budget && !moves.containsKey(segment.name())) {
        moves.put(segment.name(), segment.live());
        budget -= segment.live();
        surplus--;
      }
    }
  }

  /**
   * All views leave segments that hold others besides, as after an erasure: the others may be what
   * was erased.
   */
  static Map<String, Integer> movesFromShrunk(List<SegmentUse> segments) {
    Map<String, Integer> moves = new LinkedHashMap<>();
    for (SegmentUse segment : segments) {
      if (segment.live() < segment.views()) {
        moves.put(segment.name(), segment.live());
      }
    }
    return moves;
  }

  private interface Measure {
    double of(SegmentUse segment);
  }

  /** Smallest first, of equal ones the oldest. */
  private static List<SegmentUse> sorted(List<SegmentUse> segments, Measure measure) {
    return segments.stream()
        .sorted(Comparator.comparingDouble(measure::of).thenComparing(SegmentUse::name))
        .toList();
  }
}
