package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.SyntheticScenes;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SceneEvaluationTest {
  private final SyntheticScenes scenes =
      new SyntheticScenes(
          IdxLabeledImages.load(Path.of("../data/fashion-mnist"), Split.TEST), 2, 20);
  private final ModelSpec unet = ModelSpec.load(Path.of("../models/unet"), "student");
  private final ModelSpec fcn = ModelSpec.load(Path.of("../models/scenes-fcn"), "student");

  @Test
  void shouldMeasureEachAgainstTheTruthAndTheStudentAgainstTheTeacher() {
    // when: both are untrained
    SceneEvaluation same = SceneEvaluation.of(unet, unet, scenes, line -> {});
    SceneEvaluation others = SceneEvaluation.of(fcn, unet, scenes, line -> {});
    SceneEvaluation exchanged = SceneEvaluation.of(unet, fcn, scenes, line -> {});
    // then
    assertThat(same.agreement()).isEqualTo(1);
    assertThat(same.studentMiou()).isEqualTo(same.teacherMiou()).isBetween(0.0, 0.1);
    assertThat(others.agreement()).isLessThan(0.5).isEqualTo(exchanged.agreement());
    assertThat(others.teacherMiou()).isEqualTo(same.teacherMiou());
    assertThat(others.studentMiou()).isEqualTo(exchanged.teacherMiou());
  }

  @Test
  void shouldNameItsMeasures() {
    // given
    SceneEvaluation evaluation = new SceneEvaluation(0.59, 0.66, 0.7);
    // when, then
    assertThat(evaluation.scores())
        .extracting(TaskEvaluation.Score::key)
        .containsExactly("student_miou", "teacher_miou", "agreement");
    assertThat(evaluation.scores())
        .extracting(TaskEvaluation.Score::value)
        .containsExactly(0.59, 0.66, 0.7);
  }
}
