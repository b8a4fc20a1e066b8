package io.stillstream.local.demo.settings;

import io.stillstream.schemas.answer.ModelTask;
import java.util.List;

/**
 * The bundled models of a task, with which a demo begins where nothing is said.
 *
 * @param teacher directory below deploy/models
 * @param students untrained ones that come with the project, below deploy/models; the first one is
 *     the default
 */
public record TaskDefaults(String teacher, List<String> students) {
  /** The ready-made policy of all tasks. */
  static final String POLICY = "fashion-mnist-mild";

  public static TaskDefaults of(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION ->
          new TaskDefaults("fashion-mnist-resnet16", List.of("cnn", "mlp", "resnet8", "resnet12"));
      case SEGMENTATION -> new TaskDefaults("scenes-unet", List.of("scenes-fcn"));
      case EMBEDDING -> new TaskDefaults("resnet16-features", List.of("embed-cnn"));
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
