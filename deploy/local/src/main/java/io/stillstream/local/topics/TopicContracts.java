package io.stillstream.local.topics;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The settings of a topic that are not free: another value would break what the services rely on.
 */
final class TopicContracts {
  private TopicContracts() {}

  /**
   * What is wrong with the settings that were chosen for a topic.
   *
   * @param spec of the catalogue
   * @param config by Kafka's names
   */
  static List<String> violations(TopicSpec spec, Map<String, String> config) {
    List<String> violations = new ArrayList<>();
    String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
    if (cleanup != null && !cleanup.strip().equals(spec.cleanup().policy())) {
      violations.add(
          "cleanup.policy must be %s, was %s: %s"
              .formatted(spec.cleanup().policy(), cleanup, reason(spec)));
    }
    return violations;
  }

  private static String reason(TopicSpec spec) {
    return switch (spec.cleanup()) {
      case DELETE ->
          "several records have the same key, and compaction would delete all but the newest";
      case COMPACT -> "the newest record of each key must stay, however old it is";
    };
  }

  /**
   * Requires that producers can write to the topic at all: they wait for all replicas that are in
   * sync.
   *
   * @throws StartupException if more must be in sync than there are
   */
  static void requireWritable(String topic, Map<String, String> settings, int replicas) {
    String value = settings.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    // What is no number is for the brokers to refuse.
    if (value != null && value.strip().matches("\\d{1,9}")) {
      int required = Integer.parseInt(value.strip());
      if (required > replicas) {
        throw new StartupException(
            "topic %s: min.insync.replicas is %d and the replication factor is %d: nothing could"
                    .formatted(topic, required, replicas)
                + " be written");
      }
    }
  }
}
