package io.stillstream.runtime.kafka;

import io.stillstream.runtime.config.SecretRedactor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Turns the {@code kafka:} mapping of a configuration into the settings of clients. What is written
 * there wins over the defaults here; {@code consumer.x}, {@code producer.x} and {@code admin.x} are
 * for one client and win over {@code x}; overrides of a service win over all. Keys for serialisers,
 * for other clients and for this project are left out, so that no client complains of them.
 */
public final class KafkaSettings {
  public static final String CONSUMER = "consumer.";
  public static final String PRODUCER = "producer.";
  static final String ADMIN = "admin.";

  /** A record may be as large as a raw image of 8 MiB; pixels rarely compress. */
  private static final String RECORD_BYTES = Integer.toString(8 << 20);

  private static final Map<String, String> CONSUMER_SIZES =
      Map.of(
          ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
          RECORD_BYTES,
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
          Integer.toString(64 << 20));
  private static final Map<String, String> PRODUCER_SIZES =
      Map.of(
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          RECORD_BYTES,
          ProducerConfig.LINGER_MS_CONFIG,
          "20",
          ProducerConfig.BATCH_SIZE_CONFIG,
          Integer.toString(512 << 10),
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          Long.toString(64 << 20),
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "none");
  private static final Map<String, String> CONSUMER_GUARANTEES =
      Map.of(
          ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
          ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
  private static final Map<String, String> PRODUCER_GUARANTEES =
      Map.of(
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
          ProducerConfig.ACKS_CONFIG, "all");

  /** The services move bytes and (de)serialise in their own loop, see RecordValueDeserializer. */
  private static final Map<String, Object> CONSUMER_BYTES =
      Map.of(
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);

  private static final Map<String, Object> PRODUCER_BYTES =
      Map.of(
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);

  private static final Set<String> CLIENT_KEYS =
      Stream.of(
              ConsumerConfig.configNames(),
              ProducerConfig.configNames(),
              AdminClientConfig.configNames())
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private static final Pattern NOT_FOR_CLIENTS =
      Pattern.compile(
          "(schema\\.registry|basic\\.auth|bearer\\.auth|stillstream|avro|(main\\.|restore\\.|global\\.)?consumer"
              + "|producer|admin|topic|specific\\.avro)\\..*"
              + "|(auto\\.register|normalize|use|latest|id\\.compat|http|proxy|retries)\\..*|max\\.retries"
              + "|(key|value)\\.(subject\\.name\\.strategy|schema.*)");

  private static final Pattern KEY_IN_MESSAGE =
      Pattern.compile("onfiguration [\"']?([a-z][a-z0-9._]*[a-z0-9])");
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9.]*[a-z0-9]");

  private KafkaSettings() {}

  /** Settings of a consumer of bytes that reads committed records and never commits by itself. */
  public static Map<String, Object> consumer(Map<String, String> kafka, Map<String, ?> overrides) {
    Map<String, Object> settings = new HashMap<>(CONSUMER_SIZES);
    settings.putAll(CONSUMER_GUARANTEES);
    return complete(
        settings, kafka, CONSUMER, CONSUMER_BYTES, overrides, ConsumerConfig.configDef());
  }

  /** Settings of an idempotent producer of bytes. */
  public static Map<String, Object> producer(Map<String, String> kafka, Map<String, ?> overrides) {
    Map<String, Object> settings = new HashMap<>(PRODUCER_SIZES);
    settings.putAll(PRODUCER_GUARANTEES);
    return complete(
        settings, kafka, PRODUCER, PRODUCER_BYTES, overrides, ProducerConfig.configDef());
  }

  public static Map<String, Object> admin(Map<String, String> kafka) {
    return complete(
        new HashMap<>(), kafka, ADMIN, Map.of(), Map.of(), AdminClientConfig.configDef());
  }

  /**
   * Settings of a Kafka Streams application: the mapping as it is (Streams hands {@code consumer.}
   * and {@code producer.} on itself) and the sizes where it says nothing. What Streams decides with
   * exactly-once is left to it.
   */
  public static Map<String, Object> streams(Map<String, String> kafka, Map<String, ?> overrides) {
    Map<String, Object> settings = new HashMap<>();
    Map.of(CONSUMER, CONSUMER_SIZES, PRODUCER, PRODUCER_SIZES)
        .forEach(
            (prefix, sizes) ->
                sizes.forEach(
                    (key, value) -> {
                      if (!kafka.containsKey(key)) {
                        settings.put(prefix + key, value);
                      }
                    }));
    settings.putAll(kafka);
    settings.putAll(overrides);
    return settings;
  }

  /** Everything a serialiser may ask for: the mapping, and what is meant for its client only. */
  public static Map<String, Object> serde(Map<String, ?> kafka, String prefix) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.putAll(only(kafka, prefix));
    return settings;
  }

  /**
   * Makes a client.
   *
   * @throws StartupException naming {@code kafka.KEY} if Kafka finds the settings wrong
   */
  public static <T> T client(Supplier<T> factory) {
    try {
      return factory.get();
    } catch (KafkaException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ConfigException wrong) {
          throw refused(wrong);
        }
      }
      throw new StartupException("kafka: " + innermost(e), e);
    }
  }

  /** Waits until a broker answers; a {@link StartupException} if none does in time. */
  public static void requireBroker(Map<String, String> kafka, Duration timeout) {
    BrokerCheck.requireBroker(kafka, StartupWait.quiet(timeout));
  }

  /**
   * Waits until all the topics exist.
   *
   * @throws StartupException naming those that do not exist in time
   */
  public static void requireTopics(
      Map<String, String> kafka, Collection<String> topics, Duration timeout) {
    requireTopics(
        kafka,
        topics.stream().distinct().collect(Collectors.toMap(name -> name, name -> name)),
        timeout);
  }

  /**
   * The same for topics by the keys below {@code topics:} that name them, which the message then
   * names: {@code {images=images-eu}}.
   */
  public static void requireTopics(
      Map<String, String> kafka, Map<String, String> topicsByKey, Duration timeout) {
    BrokerCheck.requireTopics(kafka, topicsByKey, StartupWait.quiet(timeout));
  }

  private static Map<String, Object> complete(
      Map<String, Object> settings,
      Map<String, String> kafka,
      String prefix,
      Map<String, ?> bytes,
      Map<String, ?> overrides,
      ConfigDef definition) {
    Set<String> own = definition.names();
    kafka.forEach(
        (key, value) -> {
          if (own.contains(key)
              || (!CLIENT_KEYS.contains(key) && !NOT_FOR_CLIENTS.matcher(key).matches())) {
            settings.put(key, value);
          }
        });
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, ClientIds.of(kafka, prefix));
    settings.putAll(only(kafka, prefix));
    settings.putAll(bytes);
    settings.putAll(overrides);
    try {
      definition.parse(settings);
    } catch (ConfigException e) {
      throw refused(e);
    }
    return settings;
  }

  private static Map<String, ?> only(Map<String, ?> kafka, String prefix) {
    return kafka.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().substring(prefix.length()), Map.Entry::getValue));
  }

  private static StartupException refused(ConfigException e) {
    String key = keyIn(e.getMessage()).map(name -> "." + name).orElse("");
    String message =
        SecretRedactor.isSecret(key) ? "Kafka does not accept its value" : e.getMessage();
    return new StartupException("kafka" + key + ": " + message, e);
  }

  /** Kafka's exception does not tell the key but in its text. */
  private static Optional<String> keyIn(String message) {
    Matcher matcher = KEY_IN_MESSAGE.matcher(message);
    return matcher.find()
        ? Optional.of(matcher.group(1))
        : WORD.matcher(message)
            .results()
            .map(MatchResult::group)
            .filter(CLIENT_KEYS::contains)
            .findFirst();
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
