package io.stillstream.local.access;

import io.stillstream.runtime.access.RequiredAcl;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * ACLs as they stand, read as Kafka's authorizer reads them: a denial wins, some operations stand
 * for others, names may be wildcards or beginnings. An allowance for certain hosts is none here, a
 * denial for some is one.
 */
public final class AclIndex {
  private static final String ANY = "*";
  private static final String ALL_USERS = "User:*";

  /** What else brings an operation with it. */
  private static final Map<AclOperation, Set<AclOperation>> IMPLIED_BY =
      Map.of(
          AclOperation.DESCRIBE,
          Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER),
          AclOperation.DESCRIBE_CONFIGS,
          Set.of(AclOperation.ALTER_CONFIGS));

  private final List<AclBinding> entries;

  public AclIndex(Collection<AclBinding> entries) {
    this.entries = List.copyOf(entries);
  }

  /** The role's privileges that its principal has not got. */
  public List<RequiredAcl> missing(Role role) {
    return role.privileges().stream()
        .filter(privilege -> !allows(role.principal(), privilege))
        .toList();
  }

  private boolean allows(String principal, RequiredAcl privilege) {
    boolean allowed = false;
    for (AclBinding binding : entries) {
      AccessControlEntry entry = binding.entry();
      boolean applies = entry.principal().equals(principal) || entry.principal().equals(ALL_USERS);
      if (!applies || !isAbout(binding.pattern(), privilege)) {
        continue;
      }
      AclOperation operation = entry.operation();
      boolean same = operation == privilege.operation() || operation == AclOperation.ALL;
      if (entry.permissionType() == AclPermissionType.DENY) {
        if (same) {
          return false;
        }
      } else if (entry.host().equals(ANY)) {
        allowed |=
            same || IMPLIED_BY.getOrDefault(privilege.operation(), Set.of()).contains(operation);
      }
    }
    return allowed;
  }

  private static boolean isAbout(ResourcePattern pattern, RequiredAcl privilege) {
    if (pattern.resourceType() != privilege.type()) {
      // Who may make any topic may make this one.
      return privilege.type() == ResourceType.TOPIC
          && privilege.operation() == AclOperation.CREATE
          && pattern.resourceType() == ResourceType.CLUSTER
          && pattern.name().equals(Resource.CLUSTER_NAME);
    }
    if (pattern.patternType() == PatternType.PREFIXED) {
      return privilege.name().startsWith(pattern.name());
    }
    return pattern.name().equals(ANY)
        || (privilege.pattern() == PatternType.LITERAL && pattern.name().equals(privilege.name()));
  }
}
