package io.stillstream.student.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import org.junit.jupiter.api.Test;

class PrequentialWindowTest {
  private static final float[] ZERO = {1, 0};
  private static final float[] ONE = {0, 1};

  private final PrequentialWindow window = new PrequentialWindow(4);

  @Test
  void shouldKnowNothingWithoutImages() {
    assertThat(window.studentAccuracy()).isEmpty();
    assertThat(window.agreement()).isEmpty();
    assertThat(window.teacherAccuracy()).isEmpty();
  }

  @Test
  void shouldJudgeStudentAndTeacherByWhatThereIs() {
    // when
    window.judge(view(ONE, Target.of(1)), ONE, 0, 2);
    window.judge(view(ONE, Target.of(0)), ZERO, 0, 2);
    window.judge(view(null, Target.of(1)), ZERO, 0, 2);
    window.judge(view(ZERO, null), ZERO, 0, 2);

    // then
    assertThat(window.studentAccuracy()).hasValue(2.0 / 3);
    assertThat(window.teacherAccuracy()).hasValue(0.5);
    assertThat(window.agreement()).hasValue(2.0 / 3);
  }

  @Test
  void shouldForgetTheOldest() {
    // given
    window.judge(view(ONE, Target.of(1)), ZERO, 0, 2);

    // when
    for (int i = 0; i < 4; i++) {
      window.judge(view(ONE, Target.of(1)), ONE, 0, 2);
    }

    // then
    assertThat(window.size()).isEqualTo(4);
    assertThat(window.studentAccuracy()).hasValue(1);
  }

  @Test
  void shouldGoOnFromWhatItSavedInAnotherSize() {
    // given
    window.judge(view(ONE, Target.of(1)), ZERO, 0, 2);
    for (int i = 0; i < 4; i++) {
      window.judge(view(ONE, Target.of(1)), i < 2 ? ZERO : ONE, 0, 2);
    }
    PrequentialWindow smaller = new PrequentialWindow(3);

    // when
    smaller.restore(window.save());

    // then
    assertThat(smaller.size()).isEqualTo(3);
    assertThat(smaller.studentAccuracy()).hasValue(2.0 / 3);
  }

  private static View view(float[] logits, Target target) {
    return new View(PixelEncoding.RAW, new byte[0], logits, target, true);
  }
}
