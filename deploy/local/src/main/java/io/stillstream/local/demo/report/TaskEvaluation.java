package io.stillstream.local.demo.report;

import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.demo.settings.DemoInputs;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import java.util.List;
import java.util.function.Consumer;

/** Student and teacher on images that neither trained on, measured as their task asks for. */
public sealed interface TaskEvaluation
    permits StudentTeacherEvaluation, SceneEvaluation, EmbeddingEvaluation {

  /**
   * Measures.
   *
   * @param student as released
   * @param images of the stream, the first ones of its data set
   * @param tell takes a line about images that could not be decoded, which are left out
   * @throws io.stillstream.local.exit.CommandFailedException when none could be
   */
  static TaskEvaluation of(
      ModelSpec student, DemoInputs inputs, long images, Consumer<String> tell) {
    ModelSpec teacher = inputs.teacher();
    LabeledImages test = inputs.test();
    return switch (student.task()) {
      case CLASSIFICATION -> StudentTeacherEvaluation.of(student, teacher, test, tell);
      case SEGMENTATION -> SceneEvaluation.of(student, teacher, test, tell);
      case EMBEDDING -> {
        int fitted = (int) Math.min(images, inputs.train().size());
        yield EmbeddingEvaluation.of(student, teacher, inputs.train(), fitted, test, tell);
      }
    };
  }

  ModelTask task();

  /** All that was measured, the most important first. */
  List<Score> scores();

  /**
   * A number.
   *
   * @param name for people
   * @param key for programs
   */
  record Score(String name, String key, double value) {}
}
