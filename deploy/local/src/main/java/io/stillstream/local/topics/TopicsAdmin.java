package io.stillstream.local.topics;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates topics and compares those that exist with what they should be. It changes none. */
public final class TopicsAdmin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);

  private final Admin admin;

  /**
   * @param kafka settings of the client, bootstrap.servers among them
   * @throws StartupException when no broker answers
   */
  public TopicsAdmin(Map<String, String> kafka) {
    KafkaSettings.requireBroker(kafka, BROKER_PATIENCE);
    admin = KafkaSettings.client(() -> Admin.create(KafkaSettings.admin(kafka)));
  }

  /**
   * The result for one topic.
   *
   * @param created false when it was there already
   * @param differences of an existing topic from its specification, in words
   */
  public record TopicResult(String topic, boolean created, List<String> differences) {}

  /**
   * Creates all missing topics of a pipeline whose broker is the only one.
   *
   * @param partitions of the topics of images and views
   */
  public static List<TopicResult> createAll(Map<String, String> kafka, int partitions) {
    try (TopicsAdmin topics = new TopicsAdmin(kafka)) {
      Optional<Integer> one = Optional.of(1);
      TopicsConfig config = new TopicsConfig(kafka, Optional.of(partitions), one, Map.of());
      return topics.create(config.specs(), one);
    }
  }

  /** Makes what is missing; the answers are in the order of the specifications. */
  public List<TopicResult> create(List<TopicSpec> specs, Optional<Integer> replicationFactor) {
    Optional<Short> replicas = replicationFactor.map(Integer::shortValue);
    Map<String, KafkaFuture<Void>> answers =
        admin
            .createTopics(
                specs.stream()
                    .map(
                        spec ->
                            new NewTopic(spec.name(), Optional.of(spec.partitions()), replicas)
                                .configs(spec.settings()))
                    .toList())
            .values();
    List<TopicResult> outcomes = new ArrayList<>();
    for (TopicSpec spec : specs) {
      boolean created = wasCreated(answers.get(spec.name()), spec.name());
      outcomes.add(new TopicResult(spec.name(), created, created ? List.of() : differences(spec)));
    }
    return outcomes;
  }

  /** How an existing topic differs from its specification; nothing when it does not exist. */
  public Optional<List<String>> compare(TopicSpec spec) {
    try {
      return Optional.of(differences(spec));
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    admin.close();
  }

  private boolean wasCreated(KafkaFuture<Void> answer, String topic) {
    try {
      await(answer, topic);
      return true;
    } catch (TopicExistsException e) {
      return false;
    }
  }

  private List<String> differences(TopicSpec spec) {
    TopicDescription found =
        await(admin.describeTopics(List.of(spec.name())).allTopicNames(), spec.name())
            .get(spec.name());
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, spec.name());
    Config config =
        await(admin.describeConfigs(List.of(resource)).all(), spec.name()).get(resource);
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("partitions", Integer.toString(spec.partitions()));
    wanted.putAll(spec.settings());
    Map<String, String> actual = new TreeMap<>();
    actual.put("partitions", Integer.toString(found.partitions().size()));
    spec.settings().keySet().forEach(key -> actual.put(key, config.get(key).value()));
    return wanted.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(actual.get(entry.getKey())))
        .map(e -> e.getKey() + " is " + actual.get(e.getKey()) + ", should be " + e.getValue())
        .toList();
  }

  private static <T> T await(KafkaFuture<T> future, String topic) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException exists) {
        throw exists;
      }
      if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
        throw unknown;
      }
      if (e.getCause() instanceof AuthorizationException) {
        throw new StartupException(
            "topic "
                + topic
                + ": Create, Describe and DescribeConfigs are needed, and not all allowed ("
                + e.getCause().getMessage()
                + "); \"stillstream acls\" tells and grants it",
            e);
      }
      throw new StartupException("topic " + topic + ": " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new StartupException(
          "topic " + topic + ": no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
