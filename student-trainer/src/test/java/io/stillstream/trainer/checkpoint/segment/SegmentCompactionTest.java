package io.stillstream.trainer.checkpoint.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.checkpoint.segment.SegmentCompaction.SegmentUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentCompactionTest {
  private static final int NEW = -1;

  @Test
  void shouldLeaveSegmentsAloneThatAreHalfUsed() {
    assertThat(SegmentCompaction.moves(List.of(use("a", 10, 5), use("b", 10, 10)), 1000, 0))
        .isEmpty();
  }

  @Test
  void shouldMoveWhatIsLeftOfTheLeastUsedFirst() {
    // when
    Map<String, Integer> moves =
        SegmentCompaction.moves(List.of(use("a", 100, 30), use("b", 100, 40)), 1000, 0);

    // then: a twentieth of the buffer
    assertThat(moves).containsExactly(Map.entry("a", 30), Map.entry("b", 20));
  }

  @Test
  void shouldMoveMoreWhereMoreIsNew() {
    assertThat(SegmentCompaction.moves(List.of(use("a", 1000, 400)), 1000, 150))
        .containsExactly(Map.entry("a", 300));
  }

  @Test
  void shouldMergeTheSmallestWhenThereAreTooMany() {
    // given
    List<SegmentUse> segments =
        new ArrayList<>(
            IntStream.range(0, 64).mapToObj(i -> use("s%02d".formatted(i), 2, 1)).toList());
    segments.add(use("large", 936, 936));

    // when
    Map<String, Integer> moves = SegmentCompaction.moves(segments, 1000, 1);

    // then
    assertThat(moves).hasSize(33).doesNotContainKey("large");
    assertThat(moves.values()).containsOnly(1);
  }

  @Test
  void shouldMoveAllThatSharesASegmentWithWhatIsNotInTheBufferAfterAnErasure() {
    assertThat(
            SegmentCompaction.movesFromShrunk(List.of(use("whole", 10, 10), use("a", 1000, 999))))
        .containsExactly(Map.entry("a", 999));
  }

  /** A reservoir of which a share is replaced between two checkpoints. */
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.005, 0.01, 0.03, 0.3})
  void shouldBoundWhatIsOnTheDiskAndWhatIsWritten(double share) {
    // given: one segment with everything
    SimulatedReservoir reservoir = new SimulatedReservoir(1000, share);
    long written = 0;
    int checkpoints = 1000;
    for (int checkpoint = 0; checkpoint < checkpoints; checkpoint++) {
      // when
      int count = reservoir.write();
      written += count;

      // then
      assertThat(count).isLessThanOrEqualTo((int) (50 + 3 * (share * 1000 + 1)));
      assertThat(reservoir.viewsOnDisk()).isLessThanOrEqualTo(2300);
      assertThat(reservoir.needed).hasSizeLessThanOrEqualTo(80);
    }
    assertThat(written / 1000.0 / checkpoints).isLessThan(2.6 * share + 0.01);
  }

  private static final class SimulatedReservoir {
    private final Random random = new Random(1);
    private final List<String> names = new ArrayList<>(List.of("000000"));
    private final List<Integer> sizes;
    private final int[] segments;
    private final double share;
    private double due;
    private Set<Integer> needed = Set.of(0);

    private SimulatedReservoir(int size, double share) {
      this.sizes = new ArrayList<>(List.of(size));
      this.segments = new int[size];
      this.share = share;
    }

    /** Replaces views and makes a checkpoint; how many views it writes. */
    private int write() {
      for (due += share * segments.length; due >= 1; due--) {
        segments[random.nextInt(segments.length)] = NEW;
      }
      int[] live = new int[sizes.size()];
      int fresh = 0;
      for (int segment : segments) {
        if (segment == NEW) {
          fresh++;
        } else {
          live[segment]++;
        }
      }
      List<SegmentUse> uses = new ArrayList<>();
      for (int segment : needed) {
        if (live[segment] > 0) {
          uses.add(use(names.get(segment), sizes.get(segment), live[segment]));
        }
      }
      Map<String, Integer> moves = SegmentCompaction.moves(uses, segments.length, fresh);
      int count = 0;
      for (int slot = 0; slot < segments.length; slot++) {
        boolean isNew = segments[slot] == NEW;
        String name = isNew ? "" : names.get(segments[slot]);
        int left = moves.getOrDefault(name, 0);
        if (isNew || left > 0) {
          moves.replace(name, left - 1);
          segments[slot] = sizes.size();
          count++;
        }
      }
      names.add("%06d".formatted(sizes.size()));
      sizes.add(count);
      needed = IntStream.of(segments).boxed().collect(Collectors.toSet());
      return count;
    }

    private long viewsOnDisk() {
      return needed.stream().mapToLong(sizes::get).sum();
    }
  }

  private static SegmentUse use(String name, int views, int live) {
    return new SegmentUse(name, views, live);
  }
}
