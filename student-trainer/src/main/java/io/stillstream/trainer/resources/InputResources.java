package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.input.TeacherCompatibilityCheck;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.PartitionMerger;
import io.stillstream.trainer.kafka.TopicIdentityLookup;
import io.stillstream.trainer.kafka.TopicIdentityVerifier;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * The input topic of one run.
 *
 * @param consumer of the records
 * @param reader of their values
 * @param teacherFits whether a newest record shows that the teacher's answers have the student's
 *     shape
 */
public record InputResources(
    LabeledViewConsumer consumer, ViewRecordReader reader, boolean teacherFits) {

  /**
   * Opens the input.
   *
   * @param saved the topic's identity in the checkpoint
   */
  public static InputResources open(
      TrainerContext context, KafkaClients clients, TopicIdentity saved, CloseableStack open) {
    TrainerConfig config = context.config();
    MeterRegistry registry = context.registry();
    ViewRecordReader reader = open.push(ViewRecordReader.open(config, registry));
    boolean teacherFits = teacherFits(context, clients);
    TopicIdentityLookup identities = open.push(clients.topicIdentities());
    Consumer<byte[], byte[]> client = clients.consumer();
    LabeledViewConsumer consumer =
        open.push(
            new LabeledViewConsumer(
                client,
                config.source(),
                config.onOffsetGap(),
                new TopicIdentityVerifier(
                    config.source(), config.onTopicChange(), identities::ask, saved),
                new PartitionMerger(config.merge().maxWait()),
                config.merge().maxBytes(),
                context.clock(),
                System::nanoTime));
    Gauge.builder("student.merge.bytes", consumer, LabeledViewConsumer::waitingBytes)
        .description("Of records that wait for those of other partitions")
        .register(registry);
    open.push(ServiceMetrics.bindKafka(client, registry));
    return new InputResources(consumer, reader, teacherFits);
  }

  private static boolean teacherFits(TrainerContext context, KafkaClients clients) {
    TrainerConfig config = context.config();
    if (config.input() == Input.VIEWS) {
      return true;
    }
    // With its own deserializer: that of the reader remembers whether the registry answers.
    try (Consumer<byte[], byte[]> consumer = clients.consumer();
        RecordValueDeserializer<LabeledView> first =
            new RecordValueDeserializer<>(LabeledView.class, config.kafka(), context.registry())) {
      return new TeacherCompatibilityCheck(
              consumer, first, context.model(), config.loss().compared(context.model().output()))
          .check(config.source());
    }
  }
}
