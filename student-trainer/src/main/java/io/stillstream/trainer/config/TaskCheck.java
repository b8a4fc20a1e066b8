package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Which settings suit the student's task, of which the settings themselves know nothing. */
public final class TaskCheck {
  private TaskCheck() {}

  /**
   * Checks the settings for a student.
   *
   * @throws StartupException that names the first key that does not suit it, and the task
   */
  public static void require(TrainerConfig config, ModelTask task) {
    LossSettings.Kind loss = config.loss().kind();
    if (!loss.suits(task)) {
      throw new StartupException(
          "loss.kind must be %s for a student whose task is %s, was %s"
              .formatted(kinds(task), task.key(), Scalars.name(loss)));
    }
    if (task != ModelTask.CLASSIFICATION && config.buffer().kind() == BufferKind.CLASS_BALANCED) {
      throw new StartupException(
          "buffer.kind must not be class-balanced for a student whose task is %s: its views have no class"
              .formatted(task.key()));
    }
    if (task == ModelTask.EMBEDDING && config.loss().minConfidence().isPresent()) {
      throw new StartupException(
          "loss.min-confidence must not be set for a student whose task is embedding: an embedding"
              + " has no probabilities");
    }
    if (config.review().isEnabled()) {
      requireReviewable(config, task);
    }
    if (config.loss().projection().isPresent()) {
      requireProjectable(config, task);
    }
    if (config.labels().enabled() && task == ModelTask.EMBEDDING) {
      throw new StartupException(
          "labels.enabled must be false for a student whose task is embedding: its views have no truth");
    }
    TrainerConfig.GateSettings gate = config.release().gate();
    if (task == ModelTask.EMBEDDING && gate.enabled() && gate.metric() == GateMetric.ACCURACY) {
      throw new StartupException(
          "release.gate.metric must be auto or agreement for a student whose task is embedding: its views have no truth");
    }
  }

  private static void requireReviewable(TrainerConfig config, ModelTask task) {
    if (task == ModelTask.EMBEDDING) {
      throw new StartupException(
          "review.per-minute must be 0 for a student whose task is embedding: its answers name no"
              + " classes");
    }
    if (!config.loss().kind().usesTeacher()) {
      throw new StartupException(
          "review.per-minute must be 0 with loss.kind cross-entropy: only images with a label are"
              + " learned from");
    }
  }

  private static void requireProjectable(TrainerConfig config, ModelTask task) {
    if (task != ModelTask.EMBEDDING) {
      throw new StartupException(
          "loss.projection must not be set for a student whose task is %s: only embeddings are projected"
              .formatted(task.key()));
    }
    if (config.release().gate().enabled()) {
      throw new StartupException(
          "loss.projection needs release.gate.enabled: false: a release has no projection, so it"
              + " cannot be compared with the teacher");
    }
  }

  private static String kinds(ModelTask task) {
    String all =
        Arrays.stream(LossSettings.Kind.values())
            .filter(kind -> kind.suits(task))
            .map(Scalars::name)
            .collect(Collectors.joining(", "));
    int last = all.lastIndexOf(", ");
    return all.substring(0, last) + " or" + all.substring(last + 1);
  }
}
