package io.stillstream.trainer.checkpoint.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.checkpoint.segment.SegmentCompaction.SegmentUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentCompactionTest {
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
  @CsvSource({"0.0005, 2.0", "0.005, 2.0", "0.01, 2.0", "0.03, 2.0", "0.3, 2.0"})
  void shouldBoundWhatIsOnTheDiskAndWhatIsWritten(double share, double mostOnDisk) {
    // given
    int size = 2000;
    Random random = new Random(1);
    int[] segmentOf = new int[size];
    List<Integer> sizes = new ArrayList<>(List.of(size));
    List<Integer> written = new ArrayList<>();
    int checkpoints = 1000;
    double due = 0;
    long mostViews = 0;
    int mostSegments = 0;
    for (int checkpoint = 1; checkpoint <= checkpoints; checkpoint++) {
      // when
      due += share * size;
      for (; due >= 1; due--) {
        segmentOf[random.nextInt(size)] = -1;
      }
      int[] live = new int[sizes.size()];
      int fresh = 0;
      for (int segment : segmentOf) {
        if (segment < 0) {
          fresh++;
        } else {
          live[segment]++;
        }
      }
      List<SegmentUse> uses = new ArrayList<>();
      for (int i = 0; i < live.length; i++) {
        if (live[i] > 0) {
          uses.add(use("%06d".formatted(i), sizes.get(i), live[i]));
        }
      }
      Map<String, Integer> moves = SegmentCompaction.moves(uses, size, fresh);
      int count = 0;
      for (int slot = 0; slot < size; slot++) {
        String name = "%06d".formatted(segmentOf[slot]);
        int left = segmentOf[slot] < 0 ? 0 : moves.getOrDefault(name, 0);
        if (left > 0) {
          moves.put(name, left - 1);
        }
        if (segmentOf[slot] < 0 || left > 0) {
          segmentOf[slot] = sizes.size();
          count++;
        }
      }
      sizes.add(count);
      written.add(count);
      int[] needed = Arrays.stream(segmentOf).distinct().toArray();
      mostViews = Math.max(mostViews, Arrays.stream(needed).mapToLong(sizes::get).sum());
      mostSegments = Math.max(mostSegments, needed.length);
    }

    // then
    assertThat(mostViews).isLessThanOrEqualTo((long) (mostOnDisk * size));
    assertThat(mostSegments).isLessThanOrEqualTo(SegmentCompaction.MOST_SEGMENTS + 1);
    double mean = written.stream().mapToInt(Integer::intValue).average().orElseThrow() / size;
    assertThat(mean).isLessThan(2.6 * share + 0.01);
    assertThat(written).allMatch(count -> count <= 0.05 * size + 3 * (share * size + 1));
  }

  private static SegmentUse use(String name, int views, int live) {
    return new SegmentUse(name, views, live);
  }
}
