package io.stillstream.local.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.access.RequiredAcl;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AclIndexTest {
  private static final RequiredAcl READ = RequiredAcl.topic(AclOperation.READ, "images", "images");
  private static final RequiredAcl DESCRIBE =
      RequiredAcl.topic(AclOperation.DESCRIBE, "images", "lag");
  private static final RequiredAcl IDS = RequiredAcl.transactions("augmenter-", "transactions");

  @Test
  void shouldFindWhatItGrants() {
    // given
    Role role = Role.of("augmenter", List.of(READ, IDS));
    AclIndex book =
        new AclIndex(role.privileges().stream().map(one -> one.binding(role.principal())).toList());
    // when, then
    assertThat(book.missing(role)).isEmpty();
    assertThat(book.missing(role.withPrincipal("User:labeler"))).containsExactly(READ, IDS);
  }

  @Test
  void shouldTakeWildcardsBeginningsAndWhatIsImplied() {
    assertThat(missing(READ, allow(AclOperation.ALL, "*", PatternType.LITERAL))).isFalse();
    assertThat(missing(READ, allow(AclOperation.READ, "im", PatternType.PREFIXED))).isFalse();
    assertThat(missing(READ, allow(AclOperation.READ, "views", PatternType.LITERAL))).isTrue();
    assertThat(missing(READ, allow(AclOperation.DESCRIBE, "*", PatternType.LITERAL))).isTrue();
    assertThat(missing(DESCRIBE, allow(AclOperation.WRITE, "images", PatternType.LITERAL)))
        .isFalse();
  }

  @Test
  void shouldNotTakeOneIdForAllThatBeginLikeIt() {
    assertThat(
            missing(
                IDS,
                entry(
                    ResourceType.TRANSACTIONAL_ID,
                    "augmenter-",
                    PatternType.LITERAL,
                    AclOperation.WRITE,
                    "*",
                    AclPermissionType.ALLOW)))
        .isTrue();
  }

  @Test
  void shouldLetADenialWinAndMistrustAllowancesForSomeHosts() {
    // given
    AclBinding allowed = allow(AclOperation.READ, "images", PatternType.LITERAL);
    AclBinding here =
        entry(
            ResourceType.TOPIC,
            "images",
            PatternType.LITERAL,
            AclOperation.READ,
            "10.0.0.1",
            AclPermissionType.ALLOW);
    AclBinding denied =
        entry(
            ResourceType.TOPIC,
            "im",
            PatternType.PREFIXED,
            AclOperation.ALL,
            "10.0.0.1",
            AclPermissionType.DENY);
    // when, then
    assertThat(missing(READ, here)).isTrue();
    assertThat(missing(READ, allowed, denied)).isTrue();
    assertThat(missing(READ, allowed, here)).isFalse();
  }

  @Test
  void shouldTakeLeaveToMakeAnyTopicForLeaveToMakeOne() {
    // given
    RequiredAcl create = RequiredAcl.topic(AclOperation.CREATE, "images", "to make it");
    AclBinding any =
        entry(
            ResourceType.CLUSTER,
            "kafka-cluster",
            PatternType.LITERAL,
            AclOperation.CREATE,
            "*",
            AclPermissionType.ALLOW);
    // when, then
    assertThat(missing(create, any)).isFalse();
    assertThat(missing(READ, any)).isTrue();
  }

  private static boolean missing(RequiredAcl privilege, AclBinding... entries) {
    Role role = new Role("augmenter", "User:augmenter", List.of(privilege));
    return !new AclIndex(List.of(entries)).missing(role).isEmpty();
  }

  private static AclBinding allow(AclOperation operation, String topic, PatternType pattern) {
    return entry(ResourceType.TOPIC, topic, pattern, operation, "*", AclPermissionType.ALLOW);
  }

  private static AclBinding entry(
      ResourceType type,
      String name,
      PatternType pattern,
      AclOperation operation,
      String host,
      AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:augmenter", host, operation, permission));
  }
}
