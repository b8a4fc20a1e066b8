package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TeacherChangeDetectorTest {
  private static final TeacherId ONE = new TeacherId("t", "1", "aa");
  private static final TeacherId TWO = new TeacherId("t", "2", "bb");

  private final TeacherChangeDetector watch = new TeacherChangeDetector(List.of());

  @Test
  void shouldTellOnceWhenAllOfABatchComeFromAnother() {
    // given
    assertThat(watch.detectTeacherChange(batch(List.of(ONE), List.of(ONE))))
        .as("the first")
        .isEmpty();
    assertThat(watch.detectTeacherChange(batch(List.of(ONE), List.of(TWO))))
        .as("both still teach")
        .isEmpty();

    // when
    var change = watch.detectTeacherChange(batch(List.of(TWO), List.of()));

    // then
    assertThat(change).contains(new TeacherChangeDetector.Change(List.of(ONE), List.of(TWO)));
    assertThat(watch.detectTeacherChange(batch(List.of(TWO), List.of(TWO)))).isEmpty();
    assertThat(watch.current()).containsExactly(TWO);
  }

  @Test
  void shouldTakeAnEnsembleForOne() {
    // given
    watch.detectTeacherChange(batch(List.of(ONE), List.of(ONE)));

    // when
    var change = watch.detectTeacherChange(batch(List.of(ONE, TWO), List.of(ONE, TWO)));

    // then
    assertThat(change.orElseThrow().to()).containsExactly(ONE, TWO);
  }

  @Test
  void shouldGoOnFromACheckpoint() {
    assertThat(
            new TeacherChangeDetector(List.of(ONE))
                .detectTeacherChange(batch(List.of(TWO), List.of(TWO))))
        .isPresent();
    assertThat(
            new TeacherChangeDetector(List.of(ONE))
                .detectTeacherChange(batch(List.of(), List.of())))
        .isEmpty();
  }

  private static List<ConsumedView> batch(List<TeacherId> first, List<TeacherId> second) {
    return Stream.of(first, second)
        .map(
            several ->
                new ConsumedView(
                    new TopicPartition("labeled", 0),
                    1,
                    null,
                    Instant.EPOCH,
                    several,
                    "policy",
                    ViewAugmentation.UNKNOWN,
                    Optional.empty(),
                    Optional.empty(),
                    null))
        .toList();
  }
}
