package io.stillstream.augmenter.config;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Settings of Kafka Streams: the configured ones, and those that the augmenter fixes. */
public final class StreamsSettings {
  /** Name of the store of recent images. */
  public static final String RECENT_IMAGES = "recent-images";

  /**
   * A dynamic member that was killed keeps its partitions for this long. Kafka's default is 45 s;
   * brokers accept no less than 6 s.
   */
  private static final String SESSION_TIMEOUT_MILLIS = "10000";

  /** Kafka's constant for it is deprecated; the warning without it is still logged. */
  private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

  private static final long MAX_WAIT_MILLIS = 60_000;
  private static final long DEFAULT_MAX_POLL_MILLIS = 300_000;

  private StreamsSettings() {}

  /**
   * Returns the configuration of Kafka Streams.
   *
   * @param stateful whether the topology has a store
   */
  public static Properties of(AugmenterConfig config, boolean stateful) {
    Map<String, String> kafka = config.kafka();
    Map<String, Object> overrides = new HashMap<>();
    overrides.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    overrides.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
    overrides.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().toString());
    overrides.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Static membership needs it.
    overrides.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    if (find(kafka, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG) == null) {
      overrides.put(
          StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
          SESSION_TIMEOUT_MILLIS);
    }
    if (stateful && !kafka.containsKey(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG)) {
      // The lag is counted in offsets of the changelog, most of which compaction has removed: what
      // is to be read is little, and a new instance should get work at once, not after warming up.
      overrides.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
    }
    if (!kafka.containsKey(GLOBAL_HANDLER)) {
      // Without effect, since there are no global stores; else Streams warns at each start.
      overrides.put(GLOBAL_HANDLER, true);
    }
    Properties properties = new Properties();
    properties.putAll(KafkaSettings.streams(kafka, overrides));
    return properties;
  }

  /**
   * How long one record may wait for the registry, and as long again for the store of its object:
   * well below the longest time between two polls.
   */
  public static Duration longestWait(Map<String, String> kafka) {
    String maxPoll = find(kafka, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    try {
      long millis = maxPoll == null ? DEFAULT_MAX_POLL_MILLIS : Long.parseLong(maxPoll.strip());
      return Duration.ofMillis(Math.min(MAX_WAIT_MILLIS, millis / 3));
    } catch (NumberFormatException e) {
      throw new StartupException(
          "kafka."
              + ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG
              + ": must be a number, was "
              + maxPoll,
          e);
    }
  }

  /** Largest request, and so the largest record, that the producer sends, bytes. */
  public static int maxRequestSize(Map<String, String> kafka) {
    Map<String, Object> producer = KafkaSettings.producer(kafka, Map.of());
    return Integer.parseInt(producer.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG).toString());
  }

  /** Name of the changelog topic of the store of recent images. */
  public static String changelogTopic(String applicationId) {
    return applicationId + "-" + RECENT_IMAGES + "-changelog";
  }

  /** Classes that see what the consumer of images polls, as a list of names; null for none. */
  public static String interceptors(Map<String, String> kafka) {
    return find(kafka, ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
  }

  /** The application, and which instance of it this is where instances have names. */
  static String instance(String applicationId, Map<String, String> kafka) {
    String member = find(kafka, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    return member == null ? applicationId : applicationId + "-" + member;
  }

  /** Whether members have names that outlive their process ({@code group.instance.id}). */
  public static boolean isStaticMember(Map<String, String> kafka) {
    return find(kafka, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG) != null;
  }

  /** A consumer setting, or null; the most specific prefix wins, as in Kafka Streams. */
  private static String find(Map<String, String> kafka, String key) {
    return Stream.of("main.consumer.", "consumer.", "")
        .map(prefix -> kafka.get(prefix + key))
        .filter(value -> value != null)
        .findFirst()
        .orElse(null);
  }
}
