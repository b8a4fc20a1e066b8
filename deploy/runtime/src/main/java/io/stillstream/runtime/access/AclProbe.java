package io.stillstream.runtime.access;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Asks the brokers what a client may do, and changes nothing by it. What they do not tell counts as
 * allowed: whether a topic that does not exist may be read, whether a group that may be described
 * but has no member yet may be joined. Of transactional ids they tell whether they may be
 * described, which is part of what writing needs.
 */
final class AclProbe {
  private static final String ANY_ID = "0";

  private final Admin admin;
  private final long deadline;
  private boolean unknownTopic;
  private boolean answered;

  AclProbe(Admin admin, Duration timeout) {
    this.admin = admin;
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  /**
   * Those that are refused, in their order.
   *
   * @throws AuthenticationException if the brokers do not let the client in at all
   */
  List<RequiredAcl> missing(List<RequiredAcl> needed) {
    Set<RequiredAcl> missing = new LinkedHashSet<>();
    topics(of(needed, ResourceType.TOPIC), missing);
    groups(of(needed, ResourceType.GROUP), missing);
    for (RequiredAcl privilege : of(needed, ResourceType.TRANSACTIONAL_ID)) {
      String id = privilege.name() + (privilege.pattern() == PatternType.PREFIXED ? ANY_ID : "");
      if (isRefused(admin.describeTransactions(List.of(id)).description(id))) {
        missing.add(privilege);
      }
    }
    cluster(of(needed, ResourceType.CLUSTER), missing);
    return needed.stream().filter(missing::contains).toList();
  }

  /** Whether the last answer left something open that can be asked when all topics are there. */
  boolean isAnyTopicUnknown() {
    return unknownTopic;
  }

  /** Whether brokers have answered anything: where they are away, nothing is missing. */
  boolean isAnswered() {
    return answered;
  }

  private void topics(List<RequiredAcl> needed, Set<RequiredAcl> missing) {
    unknownTopic = false;
    Set<String> names = needed.stream().map(RequiredAcl::name).collect(Collectors.toSet());
    if (names.isEmpty()) {
      return;
    }
    var descriptions =
        admin
            .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (RequiredAcl privilege : needed) {
      ProbeResult<Set<AclOperation>> answer =
          answer(
              descriptions.get(privilege.name()).thenApply(d -> allowed(d.authorizedOperations())));
      if (isMissing(privilege, answer)) {
        missing.add(privilege);
      }
    }
  }

  private boolean isMissing(RequiredAcl privilege, ProbeResult<Set<AclOperation>> topic) {
    if (topic.value().isPresent()) {
      // A topic that exists need not be created.
      return privilege.operation() != AclOperation.CREATE
          && !topic.value().get().contains(privilege.operation());
    }
    Throwable problem = topic.problem();
    boolean unknown = problem instanceof UnknownTopicOrPartitionException;
    unknownTopic |= unknown;
    return switch (privilege.operation()) {
      case DESCRIBE_CONFIGS -> isRefused(configs(privilege.name()));
      // Without a problem it exists and need not be created.
      case CREATE -> problem != null && isRefused(creation(privilege.name()));
      default -> problem instanceof AuthorizationException;
    };
  }

  /**
   * Null if brokers do not report operations. A client that described a resource has that right: a
   * set without it, usually an empty one, comes from brokers that lack the feature.
   */
  private static Set<AclOperation> allowed(Set<AclOperation> operations) {
    return operations != null && operations.contains(AclOperation.DESCRIBE) ? operations : null;
  }

  private KafkaFuture<?> configs(String topic) {
    return admin
        .describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, topic)))
        .all();
  }

  private KafkaFuture<?> creation(String topic) {
    NewTopic made = new NewTopic(topic, Optional.empty(), Optional.empty());
    return admin.createTopics(List.of(made), new CreateTopicsOptions().validateOnly(true)).all();
  }

  private void groups(List<RequiredAcl> needed, Set<RequiredAcl> missing) {
    List<String> ids = needed.stream().map(RequiredAcl::name).distinct().toList();
    if (ids.isEmpty()) {
      return;
    }
    var descriptions =
        admin
            .describeConsumerGroups(
                ids, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
            .describedGroups();
    for (RequiredAcl privilege : needed) {
      refuseUnless(
          privilege,
          answer(
              descriptions.get(privilege.name()).thenApply(d -> allowed(d.authorizedOperations()))),
          missing);
    }
  }

  private void cluster(List<RequiredAcl> needed, Set<RequiredAcl> missing) {
    if (needed.isEmpty()) {
      return;
    }
    ProbeResult<Set<AclOperation>> answer =
        answer(
            admin
                .describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                .authorizedOperations());
    needed.forEach(privilege -> refuseUnless(privilege, answer, missing));
  }

  private static void refuseUnless(
      RequiredAcl privilege, ProbeResult<Set<AclOperation>> allowed, Set<RequiredAcl> missing) {
    boolean refused =
        allowed
            .value()
            .map(operations -> !operations.contains(privilege.operation()))
            // Of a group it may be a topic of its members that may not be described.
            .orElse(
                allowed.problem() instanceof GroupAuthorizationException
                    || allowed.problem() instanceof ClusterAuthorizationException);
    if (refused) {
      missing.add(privilege);
    }
  }

  private boolean isRefused(KafkaFuture<?> future) {
    return answer(future).problem() instanceof AuthorizationException;
  }

  /** What came: a value that may be empty, as old brokers know no operations, or a problem. */
  private record ProbeResult<T>(Optional<T> value, Throwable problem) {}

  private <T> ProbeResult<T> answer(KafkaFuture<T> future) {
    try {
      long left = Math.max(1, deadline - System.nanoTime());
      Optional<T> value = Optional.ofNullable(future.get(left, TimeUnit.NANOSECONDS));
      answered = true;
      return new ProbeResult<>(value, null);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException refused) {
        throw refused;
      }
      answered |= !isSilence(e.getCause());
      return new ProbeResult<>(Optional.empty(), e.getCause());
    } catch (TimeoutException e) {
      return new ProbeResult<>(Optional.empty(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ProbeResult<>(Optional.empty(), e);
    }
  }

  private static boolean isSilence(Throwable problem) {
    return problem instanceof org.apache.kafka.common.errors.TimeoutException
        || problem instanceof DisconnectException;
  }

  private static List<RequiredAcl> of(List<RequiredAcl> needed, ResourceType type) {
    return needed.stream().filter(p -> p.type() == type).toList();
  }
}
