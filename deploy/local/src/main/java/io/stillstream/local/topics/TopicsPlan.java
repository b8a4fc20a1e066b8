package io.stillstream.local.topics;

import io.stillstream.schemas.topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Topics as they are to be on a cluster: with three replicas, or as many as there are brokers,
 * unless the configuration says how many.
 *
 * @param brokers of the cluster
 * @param topics in the catalogue's order
 */
public record TopicsPlan(int brokers, List<PlannedTopic> topics) {
  /** With it one broker can fail, and the others still take what is written with acks=all. */
  static final int REPLICATION_FACTOR = 3;

  static final int MIN_INSYNC_REPLICAS = 2;

  /**
   * One topic.
   *
   * @param replicationFactor empty for the default of the brokers
   * @param settings all that are set, by Kafka's names
   */
  public record PlannedTopic(
      TopicSpec spec, Optional<Integer> replicationFactor, Map<String, String> settings) {
    public String name() {
      return spec.name();
    }
  }

  /**
   * Makes the plan.
   *
   * @throws io.stillstream.runtime.config.StartupException naming a setting that a topic may not
   *     have
   */
  static TopicsPlan of(TopicsConfig config, int brokers) {
    Optional<Integer> replicas =
        config.replicationFactor().isPresent()
            ? config.replicationFactor().filter(number -> number != TopicsConfig.BROKER_DEFAULT)
            : Optional.of(Math.min(REPLICATION_FACTOR, Math.max(1, brokers)));
    List<PlannedTopic> topics = new ArrayList<>();
    for (TopicsConfig.AdjustedTopic adjusted : config.adjustedTopics()) {
      TopicSpec spec = adjusted.spec();
      Map<String, String> settings = new TreeMap<>();
      replicas.ifPresent(
          number ->
              settings.put(
                  TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(minInsync(number))));
      settings.putAll(spec.settings());
      settings.putAll(config.config());
      settings.putAll(adjusted.config());
      replicas.ifPresent(number -> TopicContracts.requireWritable(spec.name(), settings, number));
      topics.add(new PlannedTopic(spec, replicas, settings));
    }
    return new TopicsPlan(brokers, topics);
  }

  /** Replicas and how many of them must have a record, in words; the first topic stands for all. */
  public String summary() {
    PlannedTopic first = topics.get(0);
    String minInsync = first.settings().get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    return "replication factor %s, min.insync.replicas %s (%d broker%s)"
        .formatted(
            first.replicationFactor().map(String::valueOf).orElse("of the brokers"),
            minInsync == null ? "of the brokers" : minInsync,
            brokers,
            brokers == 1 ? "" : "s");
  }

  /** What an operator should know before data is there. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    int replicas = topics.get(0).replicationFactor().orElse(REPLICATION_FACTOR);
    if (replicas < REPLICATION_FACTOR) {
      warnings.add(
          "each partition has %s: %s. Production needs three brokers and replication factor 3."
              .formatted(
                  replicas == 1 ? "one copy" : replicas + " copies",
                  replicas == 1
                      ? "what a broker loses is lost"
                      : "a second failure during a repair loses data"));
    }
    for (PlannedTopic topic : topics) {
      String unclean = topic.settings().get(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);
      if (unclean != null && unclean.toLowerCase(Locale.ROOT).equals("true")) {
        warnings.add(
            topic.name()
                + ": unclean.leader.election.enable is true. Such an election deletes records that"
                + " were confirmed, and exactly-once ends there.");
      }
    }
    return warnings;
  }

  private static int minInsync(int replicas) {
    return replicas >= REPLICATION_FACTOR ? MIN_INSYNC_REPLICAS : 1;
  }
}
