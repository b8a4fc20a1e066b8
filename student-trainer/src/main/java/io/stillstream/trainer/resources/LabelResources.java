package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.trainer.config.LabelSettings;
import io.stillstream.trainer.label.LabelJoin;
import io.stillstream.trainer.label.LabelLimits;
import io.stillstream.trainer.label.LabelSnapshot;
import io.stillstream.trainer.metrics.LabelMeters;
import io.stillstream.trainer.session.TrainingSession;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * The labels of one run that come apart from their images.
 *
 * @param reader of their values
 * @param join with views, restored from the checkpoint
 */
public record LabelResources(RecordValueDeserializer<ImageLabel> reader, LabelJoin join) {

  /** Opens them; empty if they are not read. */
  public static Optional<LabelResources> open(
      TrainerContext context, TrainingSession session, CloseableStack open) throws IOException {
    LabelSettings settings = context.config().labels();
    if (!settings.enabled()) {
      return Optional.empty();
    }
    MeterRegistry registry = context.registry();
    LabelJoin join =
        new LabelJoin(
            new LabelLimits(settings.images(), settings.maskBytes()),
            session.training(),
            new LabelMeters(registry));
    Optional<byte[]> saved = session.saved(LabelSnapshot.FILE);
    if (saved.isPresent()) {
      join.restore(new DataInputStream(new ByteArrayInputStream(saved.get())));
    }
    return Optional.of(
        new LabelResources(
            open.push(
                new RecordValueDeserializer<>(
                    ImageLabel.class, context.config().kafka(), registry)),
            join));
  }
}
