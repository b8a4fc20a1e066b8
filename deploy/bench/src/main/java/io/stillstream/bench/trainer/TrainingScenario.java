package io.stillstream.bench.trainer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.bench.input.SettingsOverrides;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is learnt from whom, and how: the settings of the demo where nothing else is said.
 *
 * @param student the untrained model
 * @param teacher model of the teacher
 * @param train images to learn from
 * @param test images for the evaluation
 * @param policy what views are made, but for their number and seed
 * @param views of each image, the original among them
 * @param seed of views, replay and dropout
 * @param threads of libtorch within an operator
 * @param settings of the trainer that are to be other than its defaults
 */
record TrainingScenario(
    ModelSpec student,
    ModelSpec teacher,
    LabeledImages train,
    LabeledImages test,
    Policy policy,
    int views,
    long seed,
    int threads,
    Map<String, String> settings) {
  /**
   * @throws StartupException if they do not belong together
   */
  TrainingScenario {
    settings = Map.copyOf(settings);
    student
        .output()
        .mismatch(teacher.output())
        .ifPresent(
            text -> {
              throw new StartupException(
                  "--student: %s does not answer as the teacher %s: %s"
                      .formatted(student.name(), teacher.name(), text));
            });
  }

  /** The same with another number of views, and with more settings of the trainer. */
  TrainingScenario with(int otherViews, Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return new TrainingScenario(
        student, teacher, train, test, policy, otherViews, seed, threads, all);
  }

  ModelTask task() {
    return student.task();
  }

  int classes() {
    return student.classes().size();
  }

  /** What the result on the test images is called. */
  String measure() {
    return switch (task()) {
      case CLASSIFICATION -> "test_accuracy";
      case SEGMENTATION -> "test_mean_iou";
      case EMBEDDING -> "test_cosine";
    };
  }

  /** Brings an image to the size that the models take. */
  FixedShapeResizer fit() {
    return new FixedShapeResizer(
        student.height(), student.width(), student.channels(), PixelCodec.MAX_PIXELS);
  }

  Policy seededPolicy() {
    return policy.withSeedAndViews(seed, views);
  }

  /** All that the trainer's file would say; the rest are its own defaults. */
  TrainerConfig config(Path directory) {
    StringBuilder yaml = new StringBuilder("kafka: {}\n");
    yaml.append("student: \"%s\"\n".formatted(student.file()));
    yaml.append("directory: \"%s\"\n".formatted(directory));
    yaml.append("seed: %d\nthreads: %d\n".formatted(seed, threads));
    return YamlSettings.parse(
        SettingsOverrides.with(yaml.toString(), settings), TrainerConfig.class, Map.of());
  }

  LabeledViewGenerator generator(TaskSequence sequence, TeacherModel model, int batch) {
    return new LabeledViewGenerator(this, sequence, model, batch);
  }

  OfflineTrainer trainer(TrainerConfig config) {
    return OfflineTrainer.open(config, new SimpleMeterRegistry());
  }
}
