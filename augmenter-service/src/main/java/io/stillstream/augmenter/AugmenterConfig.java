package io.stillstream.augmenter;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.runtime.Default;
import io.stillstream.runtime.ManagementSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Settings of the augmenter; README.md of the module tells them to users.
 *
 * @param applicationId identity of all instances together: consumer group and prefix of
 *     transactional ids
 * @param threads stream threads, at least 1; more than the partitions of {@code images} are idle
 * @param stateDir where Kafka Streams may keep state
 * @param maxPixels largest height × width that is decoded, at least 1
 * @param kafka settings of the Kafka clients and of the registry, passed on verbatim
 * @param topics names of the topics
 * @param policy what views are made, see {@link Policy}
 * @param management where metrics and health are served
 */
public record AugmenterConfig(
    @Default("augmenter") String applicationId,
    @Default("1") int threads,
    @Default("/tmp/stillstream-augmenter") Path stateDir,
    @Default("64000000") long maxPixels,
    Map<String, String> kafka,
    AugmenterTopics topics,
    JsonNode policy,
    @Default("{port: 9401}") ManagementSettings management) {

  /** Names of the topics. */
  public record AugmenterTopics(
      @Default("images") String images,
      @Default("views") String views,
      @Default("dead-letters") String deadLetters) {}

  /** Refuses what cannot work, everything at once. */
  public AugmenterConfig {
    List<String> errors = new ArrayList<>();
    if (applicationId.isBlank()) {
      errors.add("application-id must not be empty");
    }
    if (threads < 1) {
      errors.add("threads must be at least 1, was " + threads);
    }
    if (maxPixels < 1) {
      errors.add("max-pixels must be at least 1, was " + maxPixels);
    }
    try {
      Policy.parse(policy);
    } catch (PolicyException e) {
      errors.addAll(e.errors());
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** The topics by their keys below {@code topics}. */
  Map<String, String> topicsByKey() {
    return Map.of(
        "images", topics.images(), "views", topics.views(), "dead-letters", topics.deadLetters());
  }
}
