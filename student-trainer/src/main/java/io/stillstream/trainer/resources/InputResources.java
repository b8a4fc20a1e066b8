package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.FunctionCounter;
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
import io.stillstream.trainer.kafka.GroupOffsets;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.kafka.LabelPartitions;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.MergedConsumer;
import io.stillstream.trainer.kafka.PartitionMerger;
import io.stillstream.trainer.kafka.TopicIdentityLookup;
import io.stillstream.trainer.kafka.TopicIdentityVerifier;
import java.util.Optional;
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
    GroupOffsets group = new GroupOffsets(client, config.groupId(), context.model().name());
    MergedConsumer merged =
        open.push(
            new MergedConsumer(
                client,
                group,
                new PartitionMerger(config.merge().maxWait(), config.source()),
                config.merge().maxBytes(),
                context.clock(),
                System::nanoTime));
    Optional<LabelPartitions> labels =
        config.labels().enabled()
            ? Optional.of(new LabelPartitions(merged, config.topics().labels()))
            : Optional.empty();
    LabeledViewConsumer consumer =
        new LabeledViewConsumer(
            merged,
            config.source(),
            config.onOffsetGap(),
            new TopicIdentityVerifier(
                config.source(), config.onTopicChange(), identities::ask, saved),
            labels);
    group.requireOwn(config.source());
    labels.ifPresent(partitions -> register(partitions, consumer, registry));
    Gauge.builder("student.merge.bytes", merged, MergedConsumer::waitingBytes)
        .description("Of records that wait for those of other partitions")
        .register(registry);
    open.push(ServiceMetrics.bindKafka(client, registry));
    return new InputResources(consumer, reader, teacherFits);
  }

  private static void register(
      LabelPartitions labels, LabeledViewConsumer consumer, MeterRegistry registry) {
    Gauge.builder("student.labels.lag", consumer, LabeledViewConsumer::labelLag)
        .description("Labels that have not been read, or wait for views before them")
        .register(registry);
    FunctionCounter.builder("student.labels.deleted", labels, LabelPartitions::deleted)
        .description("Offsets of labels that were deleted before they were read")
        .register(registry);
    FunctionCounter.builder("student.labels.restarts", labels, LabelPartitions::beyondEnd)
        .description("Partitions of labels that ended before the offset to be read next")
        .register(registry);
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
