package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.publish.ReviewRequestPublisher;
import io.stillstream.trainer.review.PublishedRequests;
import io.stillstream.trainer.review.ReviewRequester;
import io.stillstream.trainer.review.ReviewState;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The requests for review of one run. */
public final class ReviewResources {
  private ReviewResources() {}

  /**
   * Continues with the requests of the checkpoint, without those that are in the topic already.
   *
   * @param session that training continues with
   */
  public static ReviewRequester open(
      TrainerContext context,
      KafkaClients clients,
      OutputResources output,
      TrainingSession session,
      BatchBuilder batches)
      throws IOException {
    TrainerConfig config = context.config();
    MeterRegistry registry = context.registry();
    Optional<ReviewState> saved = saved(session);
    Set<Long> published =
        saved.isPresent() && config.review().isEnabled()
            ? published(context, clients, saved.get())
            : Set.of();
    return new ReviewRequester(
        config.review(),
        context.model(),
        batches,
        new ReviewRequestPublisher(config.topics().reviewRequests(), output.sender(), registry),
        context.clock(),
        saved.orElse(ReviewState.NONE),
        published,
        registry);
  }

  private static Optional<ReviewState> saved(TrainingSession session) throws IOException {
    Optional<byte[]> file = session.saved(ReviewState.FILE);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(ReviewState.read(new DataInputStream(new ByteArrayInputStream(file.get()))));
  }

  private static Set<Long> published(
      TrainerContext context, KafkaClients clients, ReviewState saved) {
    TrainerConfig config = context.config();
    try (StandaloneConsumer consumer = clients.requests("reviews");
        RecordValueDeserializer<ReviewRequest> reader =
            new RecordValueDeserializer<>(
                ReviewRequest.class, config.kafka(), context.registry())) {
      return new PublishedRequests(
              consumer, reader, config.topics().reviewRequests(), context.model().name())
          .since(saved);
    }
  }
}
