package io.stillstream.trainer.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.input.RecordConverter;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Creates the Kafka clients of the trainer. The caller closes them. */
public final class KafkaClients {
  private static final String SERVICE = "student-trainer";

  /** Training waits for it at most this long when brokers are away. */
  private static final String MAX_BLOCK_MILLIS = "10000";

  /** New partitions are noticed after this time. */
  private static final String METADATA_MILLIS = "30000";

  /** So many records come in one go, and only then count against {@code merge.max-bytes}. */
  private static final String MAX_POLL_RECORDS = "100";

  private final TrainerConfig config;

  public KafkaClients(TrainerConfig config) {
    this.config = config;
  }

  /** For the input topic; without assigned partitions. */
  public Consumer<byte[], byte[]> consumer() {
    return KafkaSettings.client(() -> new KafkaConsumer<>(consumerSettings()));
  }

  /** For the topic of what is to be erased; belongs to no group. */
  public StandaloneConsumer erasures() {
    return requests("forgotten");
  }

  /**
   * Belongs to no group; for topics beside the stream that is trained on.
   *
   * @param use part of its client.id
   */
  public StandaloneConsumer requests(String use) {
    Map<String, Object> settings =
        new HashMap<>(consumerSettings(ClientIds.forUse(config.kafka(), use)));
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new StandaloneConsumer(KafkaSettings.client(() -> new KafkaConsumer<>(settings)));
  }

  /** To be asked which topic is learned from. */
  public TopicIdentityLookup topicIdentities() {
    Map<String, Object> settings = KafkaSettings.admin(ClientIds.forUse(config.kafka(), "topics"));
    return new TopicIdentityLookup(
        KafkaSettings.client(() -> Admin.create(settings)), config.source());
  }

  Map<String, Object> consumerSettings() {
    return consumerSettings(config.kafka());
  }

  private Map<String, Object> consumerSettings(Map<String, String> kafka) {
    Map<String, Object> overrides = new HashMap<>();
    overrides.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
    // No silent reset: where to read is in the checkpoint.
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // Only what counts, and only as far as it has been trained on.
    overrides.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    // A topic that was deleted is not to come back because a client asked for it.
    overrides.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    unlessSet(overrides, ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
    unlessSet(overrides, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    return KafkaSettings.consumer(kafka, overrides);
  }

  private void unlessSet(Map<String, Object> overrides, String key, String value) {
    if (!config.kafka().containsKey(key) && !config.kafka().containsKey("consumer." + key)) {
      overrides.put(key, value);
    }
  }

  public Producer<byte[], byte[]> producer() {
    return KafkaSettings.client(() -> new KafkaProducer<>(producerSettings()));
  }

  /** Makes dead letters that fit the producer's largest request and the topic's. */
  public DeadLetterFactory deadLetters(MeterRegistry registry) {
    int largest =
        new ProducerConfig(producerSettings()).getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    String topic = config.topics().deadLetters();
    return new DeadLetterFactory(
            topic, SERVICE, registry, MaxRecordSize.of(topic, config.kafka(), largest))
        .preregister(RecordConverter.REASONS);
  }

  private Map<String, Object> producerSettings() {
    return KafkaSettings.producer(
        config.kafka(), Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS));
  }
}
