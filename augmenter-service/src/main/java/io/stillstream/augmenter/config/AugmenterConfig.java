package io.stillstream.augmenter.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.openlineage.OpenLineageSettings;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.schemas.topics.TopicPrefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of the augmenter; docs/settings.md of the module describes them.
 *
 * @param applicationId identity of all instances together: consumer group and prefix of
 *     transactional ids
 * @param threads stream threads, at least 1; more than the partitions of {@code images} are idle
 * @param stateDir where Kafka Streams may keep state
 * @param maxPixels largest height × width that is decoded, at least 1
 * @param maxConsecutiveFailures records that fail unexpectedly one after another until the service
 *     ends; 0 for no limit
 * @param start how long the start waits for what is away
 * @param kafka settings of the Kafka clients and of the registry, passed on verbatim
 * @param topics names of the topics
 * @param partners limits of the recent images, if the policy mixes images
 * @param fetch how images are read that events name by an address
 * @param policy which views are generated, see {@link Policy}; a named one is replaced by the
 *     content of its file, see {@link PolicyResolver}
 * @param management where metrics and health are served
 * @param metrics where metrics go beside that
 * @param openlineage where runs are reported; nothing is reported unless it is given
 */
public record AugmenterConfig(
    @Default(value = "augmenter", prefixed = true) String applicationId,
    @Default("1") int threads,
    @Default("/tmp/stillstream-augmenter") Path stateDir,
    @Default("64000000") long maxPixels,
    @Default("100") int maxConsecutiveFailures,
    StartSettings start,
    Map<String, String> kafka,
    AugmenterTopics topics,
    RecentImageSettings partners,
    FetchSettings fetch,
    JsonNode policy,
    @Default("{port: 9401}") ManagementSettings management,
    MetricsSettings metrics,
    Optional<OpenLineageSettings> openlineage) {

  /**
   * Names of the topics.
   *
   * @param prefix before the default names, these and the application id
   */
  public record AugmenterTopics(
      @Default("''") String prefix,
      @Default(value = "images", prefixed = true) String images,
      @Default(value = "views", prefixed = true) String views,
      @Default(value = "dead-letters", prefixed = true) String deadLetters) {
    public AugmenterTopics {
      // The message of the prefix names the setting.
      var unused = new TopicPrefix(prefix);
    }
  }

  /**
   * Recent images that may be mixed in, for each partition.
   *
   * @param maxBytes of all images, at least 1
   * @param maxImages at least 1
   */
  public record RecentImageSettings(
      @Default("16777216") long maxBytes, @Default("256") int maxImages) {
    public RecentImageSettings {
      List<String> errors = new ArrayList<>();
      if (maxBytes < 1) {
        errors.add("max-bytes must be at least 1, was " + maxBytes);
      }
      if (maxImages < 1) {
        errors.add("max-images must be at least 1, was " + maxImages);
      }
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", errors));
      }
    }
  }

  /** Checks all settings, and reports all errors at once. */
  public AugmenterConfig {
    List<String> errors = new ArrayList<>();
    kafka = ClientIds.withDefault(kafka, StreamsSettings.instance(applicationId, kafka));
    if (applicationId.isBlank()) {
      errors.add("application-id must not be empty");
    }
    if (threads < 1) {
      errors.add("threads must be at least 1, was " + threads);
    }
    if (maxPixels < 1) {
      errors.add("max-pixels must be at least 1, was " + maxPixels);
    }
    if (maxConsecutiveFailures < 0) {
      errors.add("max-consecutive-failures must not be negative, was " + maxConsecutiveFailures);
    }
    try {
      policy = PolicyResolver.resolve(policy);
      Policy.parse(policy);
    } catch (PolicyException e) {
      errors.addAll(e.errors());
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** The ACLs that the augmenter needs. */
  public List<RequiredAcl> requiredAcls() {
    return AugmenterAcls.of(this);
  }

  /** The topics by their keys below {@code topics}. */
  public Map<String, String> topicsByKey() {
    return Map.of(
        "images", topics.images(), "views", topics.views(), "dead-letters", topics.deadLetters());
  }
}
