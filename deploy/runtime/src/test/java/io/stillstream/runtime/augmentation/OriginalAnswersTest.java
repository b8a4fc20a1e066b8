package io.stillstream.runtime.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Teacher;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OriginalAnswersTest {
  private static final List<Teacher> TEACHERS = List.of(new Teacher("t", "1", "ab", 1.0, null));

  private final OriginalAnswers originals = new OriginalAnswers();

  @Test
  void shouldCompareWithTheAnswerOnTheOriginal() {
    // given
    assertThat(originals.compare(view(3, 0), TEACHERS, new float[] {0, 0})).isEmpty();

    // when
    AnswerShift shift =
        originals.compare(view(3, 1), TEACHERS, new float[] {0, (float) Math.log(3)}).orElseThrow();

    // then: ln(1/2) - (ln(1/4) + ln(3/4)) / 2
    assertThat(shift.divergence()).isCloseTo(0.1438410, within(1e-6));
    assertThat(shift.sameClass()).isFalse();
  }

  @Test
  void shouldFindNoShiftInTheSameAnswer() {
    // given
    float[] logits = {1, -3, 2};
    originals.compare(view(3, 0), TEACHERS, logits);

    // then
    assertThat(originals.compare(view(3, 1), TEACHERS, logits)).hasValue(new AnswerShift(true, 0));
  }

  @Test
  void shouldCompareNothingWithoutTheOriginalsAnswerOfTheSameTeacher() {
    // given
    originals.compare(view(3, 0), TEACHERS, new float[] {0, 1});

    // then
    List<Teacher> others = List.of(new Teacher("t", "2", "cd", 1.0, null));
    assertThat(originals.compare(view(4, 1), TEACHERS, new float[] {0, 1})).isEmpty();
    assertThat(originals.compare(view(3, 1), others, new float[] {0, 1})).isEmpty();
    assertThat(originals.compare(view(3, 1), TEACHERS, new float[] {0, 1, 2})).isEmpty();
  }

  @Test
  void shouldRememberTheNewestOriginalsOnly() {
    // given
    for (int offset = 0; offset <= 1_024; offset++) {
      originals.compare(view(offset, 0), TEACHERS, new float[] {0, 1});
    }

    // then
    assertThat(originals.compare(view(0, 1), TEACHERS, new float[] {0, 1})).isEmpty();
    assertThat(originals.compare(view(1, 1), TEACHERS, new float[] {0, 1})).isPresent();
  }

  @Test
  void shouldKeepAnImageWhoseLastViewIsYetToComeHoweverManyOthersLieBetween() {
    // given
    originals.compare(view(0, 0), TEACHERS, new float[] {0, 1});

    // when
    for (int offset = 1; offset <= 2_000; offset++) {
      originals.compare(view(offset, 0), TEACHERS, new float[] {0, 1});
      originals.compare(view(offset, 3), TEACHERS, new float[] {0, 1});
      originals.compare(
          new Lineage("alone", 0, (long) offset, "id", 0, 1, 0L, "", null, null),
          TEACHERS,
          new float[] {0, 1});
    }

    // then
    assertThat(originals.compare(view(0, 3), TEACHERS, new float[] {0, 1})).isPresent();
    assertThat(originals.compare(view(0, 3), TEACHERS, new float[] {0, 1})).isEmpty();
  }

  private static Lineage view(long offset, int index) {
    return new Lineage("images", 0, offset, "id", index, 4, 0L, "", null, null);
  }
}
