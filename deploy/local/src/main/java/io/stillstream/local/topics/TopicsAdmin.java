package io.stillstream.local.topics;

import io.stillstream.local.topics.TopicsPlan.PlannedTopic;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

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
      TopicsConfig config =
          new TopicsConfig(kafka, Optional.of(partitions), Optional.of(1), Map.of(), Map.of());
      return topics.create(topics.plan(config));
    }
  }

  /** What a configuration makes of this cluster: how many replicas depends on its brokers. */
  public TopicsPlan plan(TopicsConfig config) {
    return TopicsPlan.of(config, brokers());
  }

  /** Brokers of the cluster, those that are away now included where brokers tell. */
  private int brokers() {
    String what = "the brokers of the cluster";
    try {
      return await(
              admin
                  .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                  .nodes(),
              what)
          .size();
    } catch (UnsupportedVersionException e) {
      // Brokers before 4.1 (KIP-1073).
      return await(admin.describeCluster().nodes(), what).size();
    }
  }

  /**
   * Makes topics as specified, with no other settings.
   *
   * @param replicationFactor empty for the default of the brokers
   */
  public List<TopicResult> create(List<TopicSpec> specs, Optional<Integer> replicationFactor) {
    return create(
        new TopicsPlan(
            brokers(),
            specs.stream()
                .map(spec -> new PlannedTopic(spec, replicationFactor, spec.settings()))
                .toList()));
  }

  /**
   * Makes what is missing; the answers are in the order of the plan. Nothing is made if brokers
   * would refuse a topic of it.
   *
   * @throws StartupException naming each topic that brokers refuse, and why
   */
  public List<TopicResult> create(TopicsPlan plan) {
    List<NewTopic> wanted = plan.topics().stream().map(TopicsAdmin::newTopic).toList();
    requireAccepted(
        admin.createTopics(wanted, new CreateTopicsOptions().validateOnly(true)).values());
    Map<String, KafkaFuture<Void>> answers = admin.createTopics(wanted).values();
    List<TopicResult> outcomes = new ArrayList<>();
    for (PlannedTopic topic : plan.topics()) {
      boolean created = wasCreated(answers.get(topic.name()), topic.name());
      outcomes.add(
          new TopicResult(topic.name(), created, created ? List.of() : differences(topic)));
    }
    return outcomes;
  }

  private static NewTopic newTopic(PlannedTopic topic) {
    return new NewTopic(
            topic.name(),
            Optional.of(topic.spec().partitions()),
            topic.replicationFactor().map(Integer::shortValue))
        .configs(topic.settings());
  }

  private void requireAccepted(Map<String, KafkaFuture<Void>> answers) {
    Set<String> refusals = new TreeSet<>();
    StartupException cause = null;
    for (Map.Entry<String, KafkaFuture<Void>> answer : answers.entrySet()) {
      try {
        boolean unused = wasCreated(answer.getValue(), answer.getKey());
      } catch (StartupException e) {
        cause = e;
        refusals.add(e.getMessage());
      }
    }
    if (cause != null) {
      throw new StartupException(
          String.join("\n", refusals) + "\nno topic was created", cause.getCause());
    }
  }

  /** How an existing topic differs from its plan; nothing when it does not exist. */
  public Optional<List<String>> compare(PlannedTopic topic) {
    try {
      return Optional.of(differences(topic));
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
      await(answer, "topic " + topic);
      return true;
    } catch (TopicExistsException e) {
      return false;
    }
  }

  private List<String> differences(PlannedTopic topic) {
    String name = topic.name();
    String what = "topic " + name;
    TopicDescription found =
        await(admin.describeTopics(List.of(name)).allTopicNames(), what).get(name);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Config config = await(admin.describeConfigs(List.of(resource)).all(), what).get(resource);
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("partitions", Integer.toString(topic.spec().partitions()));
    topic
        .replicationFactor()
        .ifPresent(number -> wanted.put("replication factor", Integer.toString(number)));
    wanted.putAll(topic.settings());
    Map<String, String> actual = new TreeMap<>();
    actual.put("partitions", Integer.toString(found.partitions().size()));
    actual.put("replication factor", Integer.toString(replicas(found)));
    for (String key : topic.settings().keySet()) {
      ConfigEntry entry = config.get(key);
      actual.put(key, entry == null ? "unknown to the brokers" : entry.value());
    }
    return wanted.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(actual.get(entry.getKey())))
        .map(e -> e.getKey() + " is " + actual.get(e.getKey()) + ", should be " + e.getValue())
        .toList();
  }

  /** Of the partition that has the fewest. */
  private static int replicas(TopicDescription topic) {
    return topic.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .min()
        .orElse(0);
  }

  private static <T> T await(KafkaFuture<T> future, String what) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException exists) {
        throw exists;
      }
      if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
        throw unknown;
      }
      if (e.getCause() instanceof UnsupportedVersionException unsupported) {
        throw unsupported;
      }
      if (e.getCause() instanceof AuthorizationException) {
        throw new StartupException(
            what
                + ": Create, Describe and DescribeConfigs are needed, and not all allowed ("
                + e.getCause().getMessage()
                + "); \"stillstream acls\" tells and grants it",
            e);
      }
      throw new StartupException(what + ": " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new StartupException(what + ": no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
