package io.stillstream.teacher.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.teacher.labels.Answer.Labeled;
import io.stillstream.teacher.labels.Answer.Reason;
import io.stillstream.teacher.labels.Answer.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExaminerTest {
  private static final byte POISON = 13;
  private static final byte NOT_A_NUMBER = 14;

  private byte knownGood;
  private final List<Integer> asked = new ArrayList<>();
  private final Examiner examiner = new Examiner(new Sensitive());

  @Test
  void shouldAnswerInOrderWithOneQuestion() {
    // when
    List<Answer> answers = examiner.examine(views(3, 1, 2));

    // then
    assertThat(answers)
        .extracting(answer -> ((Labeled) answer).logits()[0])
        .containsExactly(3f, 1f, 2f);
    assertThat(asked).containsExactly(3);
  }

  @Test
  void shouldAskNothingAboutNothing() {
    assertThat(examiner.examine(List.of())).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldSingleOutThePoisonousViewAndLabelAllOthers() {
    // given
    byte[] pixels = new byte[128];
    pixels[77] = POISON;

    // when
    List<Answer> answers = examiner.examine(views(pixels));

    // then
    assertThat(answers).hasSize(128);
    assertThat(IntStream.range(0, 128).filter(n -> answers.get(n) instanceof Refused))
        .containsExactly(77);
    assertThat(answers.get(77)).isEqualTo(new Refused(Reason.INFERENCE, "poison"));
    // The last question is the one whether the teacher is sound.
    assertThat(asked).hasSize(1 + 2 * 7 + 1);
  }

  @Test
  void shouldRefuseEveryViewIfAllAreToBlame() {
    // when
    List<Answer> answers = examiner.examine(views(POISON, POISON, POISON));

    // then
    assertThat(answers).hasSize(3).allMatch(Refused.class::isInstance);
  }

  @Test
  void shouldRefuseNothingIfTheTeacherFailsOnAViewKnownToBeGood() {
    // given
    knownGood = POISON;

    // then
    assertThatExceptionOfType(BrokenTeacherException.class)
        .isThrownBy(() -> examiner.examine(views(1, POISON, 2)))
        .withMessage("the teacher fails on a view that it has answered before: poison");
  }

  @Test
  void shouldRefuseNothingIfAViewKnownToBeGoodGetsNoFiniteLogits() {
    // given
    knownGood = NOT_A_NUMBER;

    // then
    assertThatExceptionOfType(BrokenTeacherException.class)
        .isThrownBy(() -> examiner.examine(views(POISON)))
        .withMessage(
            "the teacher fails on a view (poison), and of one that it has answered before the logit of class 1 is NaN");
  }

  @Test
  void shouldRefuseLogitsThatAreNotFinite() {
    // when
    List<Answer> answers = examiner.examine(views(1, NOT_A_NUMBER, 2));

    // then
    assertThat(answers.get(0)).isInstanceOf(Labeled.class);
    assertThat(answers.get(1))
        .isEqualTo(new Refused(Reason.NON_FINITE, "the logit of class 1 is NaN"));
    assertThat(answers.get(2)).isInstanceOf(Labeled.class);
  }

  private static List<byte[]> views(int... pixels) {
    return IntStream.of(pixels).mapToObj(pixel -> new byte[] {(byte) pixel}).toList();
  }

  private static List<byte[]> views(byte[] pixels) {
    return IntStream.range(0, pixels.length).mapToObj(n -> new byte[] {pixels[n]}).toList();
  }

  private final class Sensitive implements Teacher {
    @Override
    public Identity identity() {
      return new Identity("sensitive", "1", "00");
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public byte[] knownGood() {
      return new byte[] {knownGood};
    }

    @Override
    public float[][] logits(List<byte[]> views) {
      asked.add(views.size());
      if (views.stream().anyMatch(view -> view[0] == POISON)) {
        throw new InferenceException("poison");
      }
      return views.stream()
          .map(view -> new float[] {view[0], view[0] == NOT_A_NUMBER ? Float.NaN : 0f})
          .toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }
}
