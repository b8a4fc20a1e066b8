package io.stillstream.trainer.evaluation;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.accuracy.InMemoryEvaluationSet;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads the held-out examples from a directory and a topic. */
public final class HeldOutLoader {
  private HeldOutLoader() {}

  /** Reads all examples; empty if nothing is held out. */
  public static Optional<EvaluationSet> read(
      TrainerConfig config,
      KafkaClients clients,
      ModelSpec model,
      BatchBuilder batches,
      MeterRegistry registry) {
    List<TrainingExample> views = new ArrayList<>();
    int most = config.evaluation().heldOutImages();
    config
        .evaluation()
        .heldOut()
        .ifPresent(directory -> views.addAll(files(directory, model, most)));
    if (config.evaluation().heldOutTopic().isPresent()) {
      try (StandaloneConsumer consumer = clients.requests("held-out");
          ViewRecordReader examples = ViewRecordReader.open(config, registry)) {
        views.addAll(
            new HeldOutTopicReader(
                    consumer,
                    examples,
                    new LabeledViewValidator(model, batches),
                    TaskScorer.of(batches.output()))
                .read(config.evaluation().heldOutTopic().get(), most));
      }
    }
    return views.isEmpty()
        ? Optional.empty()
        : Optional.of(new InMemoryEvaluationSet(views, batches, config.batch().size()));
  }

  /** Reads a directory as the student's task demands. */
  static List<TrainingExample> files(Path directory, ModelSpec model, int most) {
    return switch (model.task()) {
      case CLASSIFICATION -> new HeldOutFileReader(model, most).read(directory);
      case SEGMENTATION -> new HeldOutMaskReader(model, most).read(directory);
      case EMBEDDING ->
          throw new StartupException(
              HeldOutFileReader.KEY
                  + "files have no embeddings to compare with; use evaluation.held-out-topic");
    };
  }
}
