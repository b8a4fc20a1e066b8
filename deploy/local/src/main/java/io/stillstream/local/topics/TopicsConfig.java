package io.stillstream.local.topics;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.config.Shorthand;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.topics.TopicPrefix;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What {@code topics create} makes; docs/cluster.md describes each key.
 *
 * @param kafka passed to the client verbatim
 * @param partitions of the topics that carry images and views; the catalogue's number when absent
 * @param replicationFactor copies of every partition, -1 for the brokers' default; when absent 3,
 *     or as many as there are brokers
 * @param config settings of all topics, by Kafka's names
 * @param topics what is different from the catalogue, by the topic's default name; and, as {@code
 *     prefix}, what stands before default names
 */
public record TopicsConfig(
    @Default("{}") Map<String, String> kafka,
    Optional<Integer> partitions,
    Optional<Integer> replicationFactor,
    @Default("{}") Map<String, String> config,
    @Default("{}") Map<String, TopicSettings> topics) {
  private static final String PREFIX = "prefix";

  /** A replication factor that leaves it to the brokers, as in Kafka's protocol (KIP-464). */
  public static final int BROKER_DEFAULT = -1;

  public TopicsConfig {
    Set<String> unknown = new TreeSet<>(topics.keySet());
    unknown.remove(PREFIX);
    Topics.catalogue().forEach(spec -> unknown.remove(spec.name()));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "topics must be among "
              + Topics.catalogue().stream().map(TopicSpec::name).collect(Collectors.joining(", "))
              + ", was "
              + unknown);
    }
    TopicSettings prefix = topics.getOrDefault(PREFIX, TopicSettings.named(""));
    if (!prefix.equals(TopicSettings.named(prefix.name().orElse("")))) {
      throw new IllegalArgumentException("topics.prefix must be a single value");
    }
    try {
      var unused = new TopicPrefix(prefix.name().orElseThrow());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("topics." + e.getMessage(), e);
    }
    partitions.ifPresent(number -> SettingRanges.requireAtLeast(1, "partitions", number));
    replicationFactor
        .filter(number -> number != BROKER_DEFAULT)
        .ifPresent(number -> SettingRanges.requireAtLeast(1, "replication-factor", number));
    requireContracts(config, topics);
  }

  private static void requireContracts(
      Map<String, String> config, Map<String, TopicSettings> topics) {
    List<String> violations = new ArrayList<>();
    if (config.containsKey(TopicConfig.CLEANUP_POLICY_CONFIG)) {
      violations.add("config.cleanup.policy must be absent: topics differ in it");
    }
    for (TopicSpec spec : Topics.catalogue()) {
      TopicSettings own = topics.get(spec.name());
      if (own != null) {
        TopicContracts.violations(spec, own.config())
            .forEach(violation -> violations.add("topics." + spec.name() + ".config." + violation));
      }
    }
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", violations));
    }
  }

  /**
   * One topic's own settings; what is absent is as in the catalogue. A single value is a name.
   *
   * @param name taken as it is, without the prefix
   * @param config any other settings, by Kafka's names
   * @param replay whether dead letters may go back to it; absent is yes
   */
  @Shorthand("name")
  public record TopicSettings(
      Optional<String> name,
      Optional<Integer> partitions,
      Optional<Duration> retention,
      Optional<Integer> maxMessageBytes,
      @Default("{}") Map<String, String> config,
      Optional<Boolean> replay) {
    public TopicSettings {
      partitions.ifPresent(number -> SettingRanges.requireAtLeast(1, "partitions", number));
      maxMessageBytes.ifPresent(
          number -> SettingRanges.requireAtLeast(1, "max-message-bytes", number));
      requireOnce(retention, "retention", config, TopicConfig.RETENTION_MS_CONFIG);
      requireOnce(
          maxMessageBytes, "max-message-bytes", config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    }

    private Map<String, String> byKafkaName() {
      Map<String, String> settings = new TreeMap<>(config);
      retention.ifPresent(
          age -> settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(age.toMillis())));
      maxMessageBytes.ifPresent(
          bytes -> settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)));
      return settings;
    }

    private static void requireOnce(
        Optional<?> value, String key, Map<String, String> config, String kafkaKey) {
      if (value.isPresent() && config.containsKey(kafkaKey)) {
        throw new IllegalArgumentException(
            key + " must not be set together with config." + kafkaKey);
      }
    }

    /** Nothing but a name. */
    static TopicSettings named(String name) {
      return new TopicSettings(
          Optional.of(name),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty());
    }
  }

  /**
   * Reads files as one; without any, all is as by default.
   *
   * @throws io.stillstream.runtime.config.StartupException naming all that is wrong
   */
  public static TopicsConfig read(List<Path> files) {
    return files.isEmpty()
        ? YamlSettings.parse("{}", TopicsConfig.class, Map.of())
        : YamlSettings.read(files, TopicsConfig.class, System.getenv()).config();
  }

  /** What stands before the default names. */
  public TopicPrefix prefix() {
    TopicSettings prefix = topics.get(PREFIX);
    return new TopicPrefix(prefix == null ? "" : prefix.name().orElseThrow());
  }

  /** The same with another prefix. */
  public TopicsConfig withPrefix(TopicPrefix other) {
    Map<String, TopicSettings> all = new TreeMap<>(topics);
    all.put(PREFIX, TopicSettings.named(other.text()));
    return new TopicsConfig(kafka, partitions, replicationFactor, config, all);
  }

  /** How a topic is called whose default name is this. */
  public String nameOf(String defaultName) {
    TopicSettings own = topics.get(defaultName);
    String otherwise = prefix().nameOf(defaultName);
    return own == null ? otherwise : own.name().orElse(otherwise);
  }

  /** Whether dead letters may go back to the topic with this default name. */
  public boolean isReplayed(String defaultName) {
    TopicSettings own = topics.get(defaultName);
    return own == null || own.replay().orElse(true);
  }

  /** The topics to make, in the catalogue's order. */
  public List<TopicSpec> specs() {
    return Topics.catalogue().stream().map(this::adjusted).toList();
  }

  /**
   * A topic under its own name.
   *
   * @param config what is set for this topic, by Kafka's names
   */
  record AdjustedTopic(TopicSpec spec, Map<String, String> config) {}

  /** The same with the settings that each topic has by Kafka's names. */
  List<AdjustedTopic> adjustedTopics() {
    return Topics.catalogue().stream()
        .map(
            spec -> {
              TopicSettings own = topics.get(spec.name());
              return new AdjustedTopic(adjusted(spec), own == null ? Map.of() : own.byKafkaName());
            })
        .toList();
  }

  private TopicSpec adjusted(TopicSpec spec) {
    TopicSettings own = topics.get(spec.name());
    // Order matters for the data topics only; the small ones have one partition each.
    int common = spec.partitions() == 1 ? 1 : partitions.orElse(spec.partitions());
    if (own == null) {
      return new TopicSpec(
          nameOf(spec.name()),
          spec.valueSchema(),
          common,
          spec.cleanup(),
          spec.retention(),
          spec.maxMessageBytes());
    }
    return new TopicSpec(
        nameOf(spec.name()),
        spec.valueSchema(),
        own.partitions().orElse(common),
        spec.cleanup(),
        own.retention().orElse(spec.retention()),
        own.maxMessageBytes().orElse(spec.maxMessageBytes()));
  }
}
