package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.student.checkpoint.TrainerState.TeacherId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TeacherWatchTest {
  private static final TeacherId ONE = new TeacherId("t", "1", "aa");
  private static final TeacherId TWO = new TeacherId("t", "2", "bb");

  private final TeacherWatch watch = new TeacherWatch(List.of());

  @Test
  void shouldTellOnceWhenAllOfABatchComeFromAnother() {
    // given
    assertThat(watch.watch(batch(List.of(ONE), List.of(ONE)))).as("the first").isEmpty();
    assertThat(watch.watch(batch(List.of(ONE), List.of(TWO)))).as("both still teach").isEmpty();

    // when
    var change = watch.watch(batch(List.of(TWO), List.of()));

    // then
    assertThat(change).contains(new TeacherWatch.Change(List.of(ONE), List.of(TWO)));
    assertThat(watch.watch(batch(List.of(TWO), List.of(TWO)))).isEmpty();
    assertThat(watch.current()).containsExactly(TWO);
  }

  @Test
  void shouldTakeAnEnsembleForOne() {
    // given
    watch.watch(batch(List.of(ONE), List.of(ONE)));

    // when
    var change = watch.watch(batch(List.of(ONE, TWO), List.of(ONE, TWO)));

    // then
    assertThat(change.orElseThrow().to()).containsExactly(ONE, TWO);
  }

  @Test
  void shouldGoOnFromACheckpoint() {
    assertThat(new TeacherWatch(List.of(ONE)).watch(batch(List.of(TWO), List.of(TWO)))).isPresent();
    assertThat(new TeacherWatch(List.of(ONE)).watch(batch(List.of(), List.of()))).isEmpty();
  }

  private static List<Fetched> batch(List<TeacherId> first, List<TeacherId> second) {
    return Stream.of(first, second)
        .map(
            several ->
                new Fetched(0, 1, null, Instant.EPOCH, several, "policy", Optional.empty(), null))
        .toList();
  }
}
