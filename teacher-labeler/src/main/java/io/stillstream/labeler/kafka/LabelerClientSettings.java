package io.stillstream.labeler.kafka;

import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.OffsetResetPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Client settings: the {@code kafka:} mapping with what the labeler requires, and its defaults. */
public final class LabelerClientSettings {
  private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(1);
  private static final Duration TRANSACTION_MARGIN = Duration.ofSeconds(1);
  private static final Set<String> GROUP_KEYS =
      Set.of(
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

  private final LabelerConfig config;
  private final Map<String, Object> consumer;
  private final OffsetResetPolicy offsetReset;
  private final Map<String, Object> producer;

  /**
   * @throws StartupException naming the key, if a setting is wrong or they contradict each other
   */
  public LabelerClientSettings(LabelerConfig config) {
    this.config = config;
    this.consumer = KafkaSettings.consumer(config.kafka(), consumerOverrides());
    this.offsetReset = OffsetResetPolicy.takeFrom(consumer);
    this.producer =
        KafkaSettings.producer(
            config.kafka(),
            Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.transactionalId()));
    Duration timeout =
        Duration.ofMillis(number(producer, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 60_000));
    if (timeout.minus(TRANSACTION_MARGIN).compareTo(config.commitInterval()) < 0) {
      throw new StartupException(
          "kafka.transaction.timeout.ms: must exceed commit-interval (%d ms) by a second, was %d"
              .formatted(config.commitInterval().toMillis(), timeout.toMillis()));
    }
  }

  public Map<String, Object> consumer() {
    return Map.copyOf(consumer);
  }

  /** Where the group goes on where its offset does not exist. */
  public OffsetResetPolicy offsetReset() {
    return offsetReset;
  }

  /**
   * Settings of the consumer of student progress: without a group, and with a client id of its own.
   */
  public Map<String, Object> progressConsumer() {
    Map<String, Object> settings =
        KafkaSettings.consumer(
            ClientIds.forUse(config.kafka(), "progress"),
            Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic"));
    Map<String, Object> groupless = new HashMap<>(settings);
    groupless.keySet().removeAll(GROUP_KEYS);
    return groupless;
  }

  public Map<String, Object> producer() {
    return Map.copyOf(producer);
  }

  /**
   * Settings of serialiser and deserialiser. The loop waits for an unavailable registry, which
   * shows in health; they do not.
   */
  public Map<String, String> serde() {
    Map<String, String> serde = new HashMap<>(config.kafka());
    serde.putIfAbsent("max.retries", "0");
    return serde;
  }

  /** Time without a poll after which the group revokes the partitions. */
  public Duration maxPollInterval() {
    return Duration.ofMillis(number(consumer, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000));
  }

  /** How often to poll while a batch is inferred. */
  public Duration keepAliveEvery() {
    Duration quarter = maxPollInterval().dividedBy(4);
    return quarter.compareTo(LONGEST_KEEP_ALIVE) < 0 ? quarter : LONGEST_KEEP_ALIVE;
  }

  /** Largest request, and so the largest record, that the producer sends. */
  public int maxRequestSize() {
    return Math.toIntExact(number(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 20));
  }

  private Map<String, Object> consumerOverrides() {
    Map<String, Object> overrides = new HashMap<>();
    overrides.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    overrides.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    unlessSet(
        overrides,
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        Integer.toString(config.batch().maxSize()));
    if (groupProtocol().equalsIgnoreCase("classic")) {
      // The same member after a crash: its session need not expire first.
      unlessSet(overrides, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.transactionalId());
      unlessSet(
          overrides,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    return overrides;
  }

  /** As the consumer sees it: a key with its prefix takes precedence. */
  private String groupProtocol() {
    String key = ConsumerConfig.GROUP_PROTOCOL_CONFIG;
    String forAll = config.kafka().getOrDefault(key, "classic");
    return config.kafka().getOrDefault("consumer." + key, forAll);
  }

  private void unlessSet(Map<String, Object> overrides, String key, String value) {
    if (!config.kafka().containsKey(key) && !config.kafka().containsKey("consumer." + key)) {
      overrides.put(key, value);
    }
  }

  private static long number(Map<String, Object> settings, String key, long otherwise) {
    return Long.parseLong(settings.getOrDefault(key, otherwise).toString());
  }
}
