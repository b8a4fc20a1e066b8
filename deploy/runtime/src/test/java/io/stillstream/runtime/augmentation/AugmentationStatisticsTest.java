package io.stillstream.runtime.augmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AugmentationStatisticsTest {
  private final AugmentationStatistics statistics = new AugmentationStatistics();

  @Test
  void shouldCountAViewForAllItsKeys() {
    // given
    OperationStrength rotate = new OperationStrength("rotate", "degrees", 2, "2-4");
    statistics.add(
        List.of(OperationStrength.AUGMENTED, rotate),
        new ViewAnswers(
            Optional.of(new AnswerShift(true, 0.25)),
            Optional.of(false),
            Optional.of(new AnswerShift(false, 1))));
    statistics.add(
        List.of(OperationStrength.AUGMENTED),
        new ViewAnswers(
            Optional.of(new AnswerShift(false, 0.5)), Optional.empty(), Optional.empty()));
    statistics.add(
        List.of(OperationStrength.ORIGINAL),
        new ViewAnswers(Optional.empty(), Optional.of(true), Optional.empty()));

    // then
    assertThat(statistics.rows())
        .containsExactly(
            new AugmentationRow(
                OperationStrength.ORIGINAL,
                1,
                new ShiftTotal(0, 0, 0),
                1,
                1,
                new ShiftTotal(0, 0, 0)),
            new AugmentationRow(
                OperationStrength.AUGMENTED,
                2,
                new ShiftTotal(2, 1, 0.75),
                1,
                0,
                new ShiftTotal(1, 0, 1)),
            new AugmentationRow(
                rotate, 1, new ShiftTotal(1, 1, 0.25), 1, 0, new ShiftTotal(1, 0, 1)));
    assertThat(statistics.rows().get(1).teacher().agreement()).isEqualTo(0.5);
    assertThat(statistics.rows().get(1).teacher().meanDivergence()).isEqualTo(0.375);
    assertThat(statistics.rows().get(0).teacherAccuracy()).isEqualTo(1);
    assertThat(statistics.rows().get(0).student().agreement()).isNaN();
  }
}
