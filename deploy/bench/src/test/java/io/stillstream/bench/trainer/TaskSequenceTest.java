package io.stillstream.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TaskSequenceTest {
  private static final int[] LABELS = {2, 0, 1, 4, 0, 3, 2, 1};

  @Test
  void shouldTakeAllClassesAtOnceInOrder() {
    // when
    TaskSequence sequence = TaskSequence.inOrder(3, 2);
    // then
    assertThat(order(sequence)).containsExactly(0, 1, 2);
    assertThat(sequence.tasks()).containsExactly(new TaskSequence.Task(List.of(0, 1), 3));
  }

  @Test
  void shouldBeginAgainWhenAllImagesWereTaken() {
    // when
    TaskSequence sequence = TaskSequence.repeated(7, 3, 2);
    // then
    assertThat(order(sequence)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    assertThat(sequence.tasks()).containsExactly(new TaskSequence.Task(List.of(0, 1), 7));
  }

  @Test
  void shouldTakeSomeClassesAtATimeAndKeepTheirOrder() {
    // when
    TaskSequence sequence = TaskSequence.byClasses(LABELS.length, 5, 2, i -> LABELS[i]);
    // then
    assertThat(order(sequence)).containsExactly(1, 2, 4, 7, 0, 5, 6, 3);
    assertThat(sequence.tasks())
        .containsExactly(
            new TaskSequence.Task(List.of(0, 1), 4),
            new TaskSequence.Task(List.of(2, 3), 7),
            new TaskSequence.Task(List.of(4), 8));
  }

  @Test
  void shouldLeaveOutTasksWithoutImages() {
    // when
    TaskSequence sequence = TaskSequence.byClasses(3, 5, 1, i -> LABELS[i]);
    // then
    assertThat(order(sequence)).containsExactly(1, 2, 0);
    assertThat(sequence.tasks()).extracting(TaskSequence.Task::end).containsExactly(1, 2, 3);
  }

  private static List<Integer> order(TaskSequence sequence) {
    return IntStream.range(0, sequence.images()).mapToObj(sequence::image).toList();
  }
}
