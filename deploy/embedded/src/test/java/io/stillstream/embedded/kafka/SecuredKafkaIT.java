package io.stillstream.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.embedded.TestCertificateAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuredKafkaIT {
  private static final String TOPIC = "letters";

  @TempDir Path directory;

  @Test
  void shouldKnowItsClientsByPasswordOrCertificateAndAllowNothingUnasked() throws Exception {
    // given
    TestCertificateAuthority authority =
        TestCertificateAuthority.create(directory.resolve("certificates"), "letters authority");
    Path certificate = authority.issue("reader");
    try (SecuredKafka kafka = SecuredKafka.start(directory.resolve("kafka"), 0, authority);
        Admin admin = Admin.create(Map.<String, Object>copyOf(kafka.admin()))) {
      kafka.user("reader", "reader's secret");
      admin
          .createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
          .all()
          .get();
      Map<String, String> byPassword = kafka.password("reader", "reader's secret");
      Map<String, String> byCertificate = kafka.certificate(certificate);
      // when, then
      assertThatThrownBy(() -> describe(byPassword))
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      assertThatThrownBy(() -> describe(byCertificate))
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      assertThatThrownBy(() -> describe(kafka.password("reader", "wrong")))
          .hasCauseInstanceOf(SaslAuthenticationException.class);
      // when
      admin.createAcls(List.of(mayDescribe("User:reader"))).all().get();
      // then
      assertThat(describe(byPassword)).isEqualTo(1);
      assertThat(describe(byCertificate)).isEqualTo(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate)))
          .isEqualTo("rw-------");
    }
    // when: it is started again, with an authority of its own
    TestCertificateAuthority next =
        TestCertificateAuthority.create(directory.resolve("certificates"), "letters authority");
    try (SecuredKafka kafka = SecuredKafka.start(directory.resolve("kafka"), 0, next)) {
      // then
      assertThat(describe(kafka.password("reader", "reader's secret"))).isEqualTo(1);
    }
  }

  private static AclBinding mayDescribe(String principal) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, TOPIC, PatternType.LITERAL),
        new AccessControlEntry(principal, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
  }

  private static int describe(Map<String, String> client)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.<String, Object>copyOf(client))) {
      return admin
          .describeTopics(List.of(TOPIC))
          .allTopicNames()
          .get()
          .get(TOPIC)
          .partitions()
          .size();
    }
  }
}
