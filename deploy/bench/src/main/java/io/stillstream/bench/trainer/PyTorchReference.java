package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trains a student with PyTorch on views that the trainer was trained on, with its settings. */
final class PyTorchReference {
  private final String python;
  private final Path models;

  /**
   * @param python the interpreter; it must have torch and numpy
   * @param models script that defines the students
   */
  PyTorchReference(String python, Path models) {
    this.python = python;
    this.models = models;
  }

  /**
   * What came of it.
   *
   * @param accuracy of the moving average on the test images, 0 to 1
   * @param versions of Python, PyTorch and numpy
   */
  record PyTorchResult(double accuracy, JsonNode versions) {}

  /**
   * Trains once through the views, and evaluates.
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
    try (TorchTrainingBaseline baseline =
        TorchTrainingBaseline.start(python, directory, models, scenario.student(), config, views)) {
      baseline.trainOnce();
      return new PyTorchResult(baseline.evaluate(test.files()), baseline.versions());
    }
  }

  private static List<LabeledView> originals(TrainingScenario scenario) {
    List<LabeledView> views = new ArrayList<>();
    for (int i = 0; i < scenario.test().size(); i++) {
      views.add(
          LabeledViewFactory.original(
              i,
              scenario.test().height(),
              scenario.test().width(),
              scenario.test().pixels(i),
              scenario.test().label(i)));
    }
    return views;
  }
}
