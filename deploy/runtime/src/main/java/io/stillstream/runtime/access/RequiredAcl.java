package io.stillstream.runtime.access;

import java.util.Objects;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * One thing that a principal must be allowed to do.
 *
 * @param operation what is done; it stands for those that it implies, as READ does for DESCRIBE
 * @param type kind of the resource
 * @param name of the resource, or what its name begins with
 * @param pattern LITERAL or PREFIXED
 * @param use what for, in a few words
 */
public record RequiredAcl(
    AclOperation operation, ResourceType type, String name, PatternType pattern, String use) {

  public RequiredAcl {
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(use, "use");
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a " + type + " must not be empty");
    }
    if (pattern != PatternType.LITERAL && pattern != PatternType.PREFIXED) {
      throw new IllegalArgumentException("pattern must be LITERAL or PREFIXED, was " + pattern);
    }
  }

  public static RequiredAcl topic(AclOperation operation, String topic, String use) {
    return new RequiredAcl(operation, ResourceType.TOPIC, topic, PatternType.LITERAL, use);
  }

  /** To be a member of a consumer group, and to commit offsets. */
  public static RequiredAcl group(String group, String use) {
    return new RequiredAcl(AclOperation.READ, ResourceType.GROUP, group, PatternType.LITERAL, use);
  }

  /** To write in transactions whose ids begin like this. */
  public static RequiredAcl transactions(String prefix, String use) {
    return new RequiredAcl(
        AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, prefix, PatternType.PREFIXED, use);
  }

  /** To write in transactions of this very id. */
  public static RequiredAcl transaction(String id, String use) {
    return new RequiredAcl(
        AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, id, PatternType.LITERAL, use);
  }

  public static RequiredAcl cluster(AclOperation operation, String use) {
    return new RequiredAcl(
        operation, ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL, use);
  }

  /** As Kafka stores it. */
  public AclBinding binding(String principal) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
  }

  /** The operation as Kafka's tools write it: {@code DescribeConfigs}. */
  public String operationName() {
    return SecurityUtils.operationName(operation);
  }

  /** The resource in words: {@code topic images}, {@code transactional ids labeler-*}. */
  public String resource() {
    String kind =
        switch (type) {
          case TOPIC -> "topic";
          case GROUP -> "group";
          case TRANSACTIONAL_ID -> "transactional id";
          case CLUSTER -> "cluster";
          default -> type.toString();
        };
    if (type == ResourceType.CLUSTER) {
      return "the cluster";
    }
    return pattern == PatternType.PREFIXED ? kind + "s " + name + "*" : kind + " " + name;
  }

  /** {@code Read on topic images}. */
  @Override
  public String toString() {
    return operationName() + " on " + resource();
  }
}
