package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmbeddingEvaluationTest {
  private static final Path DATA = Path.of("../data/fashion-mnist");
  private static final int FITTED = 512;

  private final ModelSpec teacher =
      ModelSpec.load(Path.of("../models/resnet16-features"), "teacher");
  private final ModelSpec student = ModelSpec.load(Path.of("../models/embed-cnn"), "student");

  @Test
  void shouldMeasureDirectionsAndWhatTheyTell() {
    // given
    IdxLabeledImages train = IdxLabeledImages.load(DATA, Split.TRAIN);
    IdxLabeledImages test = IdxLabeledImages.load(DATA, Split.TEST);
    // when
    EmbeddingEvaluation same =
        EmbeddingEvaluation.of(teacher, teacher, train, FITTED, test, line -> {});
    EmbeddingEvaluation untrained =
        EmbeddingEvaluation.of(student, teacher, train, FITTED, test, line -> {});
    // then: by chance a probe would get a tenth right
    assertThat(same.cosine()).isCloseTo(1, within(1e-9));
    assertThat(same.studentProbeAccuracy()).isEqualTo(same.teacherProbeAccuracy());
    assertThat(same.teacherProbeAccuracy()).isGreaterThan(0.85);
    assertThat(untrained.cosine()).isBetween(-0.5, 0.5);
    assertThat(untrained.studentProbeAccuracy()).isBetween(0.3, same.teacherProbeAccuracy());
    assertThat(untrained.scores())
        .extracting(TaskEvaluation.Score::key)
        .containsExactly("cosine", "student_probe_accuracy", "teacher_probe_accuracy");
  }
}
