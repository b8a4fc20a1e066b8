package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a training that its model cards record, by key. */
final class RecordedSettings {
  private RecordedSettings() {}

  static Map<String, Object> of(TrainerConfig config) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch.size", config.batch().size());
    settings.put("updates.min", config.updates().min());
    config.updates().max().ifPresent(max -> settings.put("updates.max", max));
    settings.put("buffer.kind", config.buffer().kind());
    settings.put("buffer.views", config.buffer().views());
    config.buffer().bytes().ifPresent(bytes -> settings.put("buffer.bytes", bytes));
    config
        .buffer()
        .viewsPerImage()
        .ifPresent(views -> settings.put("buffer.views-per-image", views));
    settings.put("buffer.on-teacher-change", config.buffer().onTeacherChange());
    settings.put("replay.horizontal-flip", config.replay().horizontalFlip());
    settings.put("loss.kind", Scalars.name(config.loss().kind()));
    settings.put("loss.temperature", config.loss().temperature());
    settings.put("loss.alpha", config.loss().alpha());
    settings.put("loss.label-smoothing", config.loss().labelSmoothing());
    config.loss().projection().ifPresent(size -> settings.put("loss.projection", size));
    config
        .loss()
        .minConfidence()
        .ifPresent(
            least ->
                least
                    .byKey()
                    .forEach((key, value) -> settings.put("loss.min-confidence." + key, value)));
    settings.put("optimiser.kind", Scalars.name(config.optimiser().kind()));
    settings.put("optimiser.learning-rate", config.optimiser().learningRate());
    if (config.optimiser().kind() == OptimiserSettings.Kind.MUON) {
      settings.put("optimiser.muon.learning-rate", config.optimiser().muon().learningRate());
    }
    settings.put("optimiser.weight-decay", config.optimiser().weightDecay());
    settings.put("optimiser.clip", config.optimiser().clip());
    settings.put("optimiser.schedule.kind", Scalars.name(config.optimiser().schedule().kind()));
    settings.put("precision", Scalars.name(config.precision()));
    if (config.labels().enabled()) {
      settings.put("labels.enabled", true);
    }
    settings.put("ema.max-decay", config.ema().maxDecay());
    settings.put("seed", config.seed());
    return settings;
  }
}
