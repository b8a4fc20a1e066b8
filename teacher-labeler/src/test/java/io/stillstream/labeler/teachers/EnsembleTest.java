package io.stillstream.labeler.teachers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeTeacherModel;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.answer.OutputShape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnsembleTest {
  private static final ProbabilityAverager EVEN = new ProbabilityAverager(List.of(1.0, 1.0));

  @Test
  void shouldAverageAndReleaseAllMemory() {
    // given
    FakeTeacherModel sure = FakeTeacherModel.named("sure", 4, 0, (float) Math.log(3));
    FakeTeacherModel unsure = FakeTeacherModel.named("unsure", 4, 1, 1);

    // when
    float[][] logits =
        new Ensemble(List.of(sure, unsure), EVEN)
            .answers(List.of(FakeTeacherModel.view(4), FakeTeacherModel.view(4)));

    // then: (1/4 + 1/2) / 2 and (3/4 + 1/2) / 2
    assertThat(logits.length).isEqualTo(2);
    for (float[] row : logits) {
      assertThat(row)
          .containsExactly(
              new float[] {(float) Math.log(0.375), (float) Math.log(0.625)}, within(1e-6f));
    }
    assertThat(sure.open).isZero();
    assertThat(unsure.open).isZero();
  }

  @Test
  void shouldAverageNothingOfThePadding() {
    // given
    FakeTeacherModel one = FakeTeacherModel.named("one", 4, 0, 1);
    FakeTeacherModel other = FakeTeacherModel.named("other", 4, 1, 0);
    Ensemble ensemble = new Ensemble(List.of(one, other), EVEN);

    // when
    try (DeviceBatch batch = ensemble.prepare(Collections.nCopies(8, FakeTeacherModel.view(4)))) {
      float[][] asked = ensemble.answers(batch, 3);

      // then
      assertThat(asked)
          .hasDimensions(3, 2)
          .isDeepEqualTo(Arrays.copyOf(ensemble.answers(batch), 3));
    }
  }

  @Test
  void shouldFailAsAWholeAndReleaseAllMemory() {
    // given
    FakeTeacherModel one = FakeTeacherModel.named("one", 4, 0, 1);
    FakeTeacherModel other = FakeTeacherModel.named("other", 4, 0, 1);
    other.closed.set(true);
    Ensemble ensemble = new Ensemble(List.of(one, other), EVEN);

    // then
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> ensemble.answers(List.of(FakeTeacherModel.view(4))));
    assertThat(one.open).isZero();
    assertThat(other.open).isZero();
  }

  @Test
  void shouldRejectWhatOneMemberRejects() {
    // given
    Ensemble ensemble =
        new Ensemble(
            List.of(
                FakeTeacherModel.named("any", 0, 0, 1), FakeTeacherModel.named("four", 4, 0, 1)),
            EVEN);

    // then
    assertThat(ensemble.rejectionReason(FakeTeacherModel.view(4))).isEmpty();
    assertThat(ensemble.rejectionReason(FakeTeacherModel.view(3)))
        .contains("four does not take 3 x 3 x 1");
    assertThat(ensemble.knownGood().height()).isEqualTo(4);
  }

  @Test
  void shouldNotBeMadeOfTeachersThatNoViewFits() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Ensemble(
                    List.of(
                        FakeTeacherModel.named("three", 3, 0, 1),
                        FakeTeacherModel.named("four", 4, 0, 1)),
                    EVEN))
        .withMessage("no view fits all teachers: four does not take 3 x 3 x 1");
  }

  @Test
  void shouldNotBeMadeOfTeachersWithOtherClasses() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Ensemble(
                    List.of(
                        FakeTeacherModel.named("two", 4, 0, 1),
                        FakeTeacherModel.named("three", 4, 0, 1, 2)),
                    EVEN))
        .withMessage(
            "three answers classification with 3 classes, two answers classification with 2 classes");
  }

  @Test
  void shouldNotBeMadeOfTeachersOfOtherTasksOrGrids() {
    // given
    FakeTeacherModel fine =
        FakeTeacherModel.of(OutputShape.segmentation(2, 4, 4, 1), "fine", 4, new float[32]);
    FakeTeacherModel coarse =
        FakeTeacherModel.of(OutputShape.segmentation(2, 2, 2, 2), "coarse", 4, new float[8]);
    FakeTeacherModel vector = FakeTeacherModel.of(OutputShape.embedding(2), "vector", 4, 0, 1);

    // then
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ensemble(List.of(fine, coarse), EVEN))
        .withMessage(
            "coarse answers segmentation with 2 classes on 2 x 2 cells of stride 2, fine answers"
                + " segmentation with 2 classes on 4 x 4 cells of stride 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Ensemble(List.of(FakeTeacherModel.named("two", 4, 0, 1), vector), EVEN))
        .withMessage(
            "vector answers embedding with 2 dimensions, two answers classification with 2 classes");
  }

  @Test
  void shouldNameAllMembersAndLeaveThemOpen() {
    // given
    FakeTeacherModel one = FakeTeacherModel.named("one", 4, 0, 1);
    FakeTeacherModel other = FakeTeacherModel.named("other", 4, 0, 1);

    // when
    Ensemble ensemble = new Ensemble(List.of(one, other), EVEN);
    ensemble.close();

    // then
    assertThat(ensemble.identity())
        .isEqualTo(new TeacherModel.Identity("one+other", "1+1", "00+00", "test+test"));
    assertThat(ensemble.output()).isEqualTo(OutputShape.classification(2));
    assertThat(one.closed).isFalse();
  }
}
