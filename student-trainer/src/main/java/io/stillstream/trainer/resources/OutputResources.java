package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerTopics;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.publish.AnnouncedReleaseLookup;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.ReleaseRunReporter;
import io.stillstream.trainer.publish.StudentEventPublisher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.Producer;

/**
 * The output topics of one run.
 *
 * @param serializer of all records except dead letters
 * @param sender of all records except dead letters
 * @param deadLetters sends dead letters
 * @param events publishes student events
 * @param releases publishes releases and progress
 * @param runs reports releases to a lineage service
 */
public record OutputResources(
    RecordValueSerializer<Object> serializer,
    AsyncRecordSender sender,
    DeadLetterProducer deadLetters,
    StudentEventPublisher events,
    ReleasePublisher releases,
    ReleaseRunReporter runs) {
  private static final Duration DEAD_LETTER_TIMEOUT = Duration.ofSeconds(10);

  /** What is not sent by then is in a checkpoint, or is sent again after the next start. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Opens the output.
   *
   * @param initial state of the training, with events that were not delivered
   * @param stopping reaches zero when the service stops
   */
  public static OutputResources open(
      TrainerContext context,
      KafkaClients clients,
      StorageResources storage,
      TrainerState initial,
      CountDownLatch stopping,
      CloseableStack open) {
    TrainerConfig config = context.config();
    MeterRegistry registry = context.registry();
    RecordValueSerializer<Object> serializer =
        open.push(new RecordValueSerializer<>(config.kafka(), registry));
    Producer<byte[], byte[]> producer = clients.producer();
    DeadLetterProducer deadLetters =
        open.push(
            new DeadLetterProducer(
                producer, clients.deadLetters(registry), DEAD_LETTER_TIMEOUT, stopping));
    open.push(ServiceMetrics.bindKafka(producer, registry));
    TrainerTopics topics = config.topics();
    AsyncRecordSender sender =
        open.push(
            new AsyncRecordSender(
                serializer,
                producer,
                List.of(
                    topics.studentReleases(),
                    topics.studentProgress(),
                    topics.studentEvents(),
                    topics.reviewRequests()),
                registry,
                CLOSE_TIMEOUT));
    StudentEventPublisher events =
        new StudentEventPublisher(
            context.model().name(),
            topics.studentEvents(),
            sender,
            context.clock(),
            initial.events(),
            registry);
    ReleaseRunReporter runs =
        open.push(
            ReleaseRunReporter.open(config, context.model().name(), registry, context.clock()));
    ReleasePublisher releases =
        new ReleasePublisher(
            topics,
            sender,
            storage.releases(),
            storage.replica(),
            new AnnouncedReleaseLookup(config.kafka(), topics.studentReleases())::isLatest,
            runs,
            context.clock());
    return new OutputResources(serializer, sender, deadLetters, events, releases, runs);
  }
}
