package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trains a student with PyTorch on views that the trainer was trained on, with its settings. */
final class PyTorchReference {
  private final String python;
  private final Path models;
  private final int runs;

  /**
   * @param python the interpreter; it must have torch and numpy
   * @param models script that defines the students
   * @param runs trainings on the same views, at least 1; each with a seed of its own
   */
  PyTorchReference(String python, Path models, int runs) {
    this.python = python;
    this.models = models;
    this.runs = runs;
  }

  /**
   * What came of it.
   *
   * @param scores of the moving average on the test images, 0 to 1; one of each run
   * @param versions of Python, PyTorch and numpy
   */
  record PyTorchResult(List<Double> scores, JsonNode versions) {
    /** The middle one; the upper one of two in the middle. */
    double median() {
      return scores.stream().sorted().toList().get(scores.size() / 2);
    }
  }

  /**
   * Trains once through the views in each run, and evaluates.
   *
   * @param views as {@link LabeledViewFiles} wrote them
   * @param directory for the program and the test images
   */
  PyTorchResult train(
      TrainingScenario scenario, TrainerConfig config, Map<String, Path> views, Path directory) {
    LabeledViewFiles test = new LabeledViewFiles(directory);
    try (test) {
      test.add(originals(scenario));
    }
    List<Double> scores = new ArrayList<>(runs);
    try (TorchTrainingBaseline baseline =
        TorchTrainingBaseline.start(python, directory, models, scenario.student(), config, views)) {
      for (int run = 0; run < runs; run++) {
        baseline.restart(config.seed() + run);
        baseline.trainOnce();
        scores.add(baseline.evaluate(test.files()));
      }
      return new PyTorchResult(scores, baseline.versions());
    }
  }

  /** The test images; with the teacher's embeddings where these are what they are compared with. */
  private static List<LabeledView> originals(TrainingScenario scenario) {
    List<LabeledView> views = new ArrayList<>();
    for (int i = 0; i < scenario.test().size(); i++) {
      views.add(LabeledViewFactory.original(scenario, scenario.test(), i));
    }
    if (scenario.task() != ModelTask.EMBEDDING) {
      return views;
    }
    try (TeacherModel teacher =
        EngineTeacherLoader.loadOne(scenario.teacher(), scenario.threads())) {
      return LabeledViewGenerator.labelled(views, teacher);
    }
  }
}
