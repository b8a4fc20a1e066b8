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
    TaskSequence course = TaskSequence.inOrder(3, 2);
    // then
    assertThat(order(course)).containsExactly(0, 1, 2);
    assertThat(course.tasks()).containsExactly(new TaskSequence.Task(List.of(0, 1), 3));
  }

  @Test
  void shouldBeginAgainWhenAllImagesWereTaken() {
    // when
    TaskSequence course = TaskSequence.repeated(7, 3, 2);
    // then
    assertThat(order(course)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    assertThat(course.tasks()).containsExactly(new TaskSequence.Task(List.of(0, 1), 7));
  }

  @Test
  void shouldTakeSomeClassesAtATimeAndKeepTheirOrder() {
    // when
    TaskSequence course = TaskSequence.byClasses(LABELS.length, 5, 2, i -> LABELS[i]);
    // then
    assertThat(order(course)).containsExactly(1, 2, 4, 7, 0, 5, 6, 3);
    assertThat(course.tasks())
        .containsExactly(
            new TaskSequence.Task(List.of(0, 1), 4),
            new TaskSequence.Task(List.of(2, 3), 7),
            new TaskSequence.Task(List.of(4), 8));
  }

  @Test
  void shouldLeaveOutTasksWithoutImages() {
    // when
    TaskSequence course = TaskSequence.byClasses(3, 5, 1, i -> LABELS[i]);
    // then
    assertThat(order(course)).containsExactly(1, 2, 0);
    assertThat(course.tasks()).extracting(TaskSequence.Task::end).containsExactly(1, 2, 3);
  }

  private static List<Integer> order(TaskSequence course) {
    return IntStream.range(0, course.images()).mapToObj(course::image).toList();
  }
}
