package io.stillstream.local.demo.settings;

import io.stillstream.schemas.answer.ModelTask;
import java.util.List;
import java.util.Map;

/**
 * The bundled models of a task, with which a demo begins where nothing is said, and how it trains.
 *
 * @param teacher directory below deploy/models
 * @param students untrained ones that come with the project, below deploy/models; the first one is
 *     the default
 * @param training settings of the trainer that are not its defaults, by key, as {@code batch.size}
 */
public record TaskDefaults(String teacher, List<String> students, Map<String, String> training) {
  /** The ready-made policy of all tasks. */
  static final String POLICY = "fashion-mnist-mild";

  /** What {@code deploy/models/make.py onnx} appends to the name of a teacher's directory. */
  private static final String ONNX_SUFFIX = "-onnx";

  public static TaskDefaults of(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION ->
          new TaskDefaults(
              "fashion-mnist-resnet16", List.of("cnn", "mlp", "resnet8", "resnet12"), Map.of());
      case SEGMENTATION ->
          new TaskDefaults("scenes-unet", List.of("scenes-fcn"), Map.of("batch.size", "32"));
      case EMBEDDING ->
          new TaskDefaults(
              "resnet16-features",
              List.of("embed-cnn"),
              Map.of("loss.kind", "cosine", "updates", "8"));
    };
  }

  /**
   * The bundled teacher for an engine, below deploy/models; each is there in both formats.
   *
   * @param engine as {@link TeacherEngine#key} names it; empty for the default
   */
  String teacher(String engine) {
    return engine.equals(TeacherEngine.ONNX.key()) ? teacher + ONNX_SUFFIX : teacher;
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
