package io.stillstream.local.demo.settings;

import io.stillstream.schemas.answer.ModelTask;
import java.util.List;

/**
 * With what a demo of a task begins where nothing is said.
 *
 * @param teacher directory below deploy/models
 * @param students untrained ones that come with the project, below deploy/models; the first one is
 *     the default
 * @param policy a ready-made policy
 */
record TaskDefaults(String teacher, List<String> students, String policy) {
  private static final String MILD = "fashion-mnist-mild";

  static TaskDefaults of(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION ->
          new TaskDefaults(
              "fashion-mnist-resnet16", List.of("cnn", "mlp", "resnet8", "resnet12"), MILD);
      case SEGMENTATION -> new TaskDefaults("scenes-unet", List.of("scenes-fcn"), MILD);
      case EMBEDDING -> new TaskDefaults("resnet16-features", List.of("embed-cnn"), MILD);
    };
  }

  /** Whether a student of any task is called so. */
  static boolean isBundledStudent(String name) {
    for (ModelTask task : ModelTask.values()) {
      if (of(task).students().contains(name)) {
        return true;
      }
    }
    return false;
  }
}
