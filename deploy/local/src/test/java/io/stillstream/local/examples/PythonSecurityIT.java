package io.stillstream.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.embedded.kafka.SecuredKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.embedded.registry.RegistryAccess;
import io.stillstream.local.access.AclAdmin;
import io.stillstream.local.access.Role;
import io.stillstream.local.examples.PythonPrograms.Packages;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The programs of {@code deploy/examples/python} with a user of broker and registry who may do what
 * the README says and nothing else.
 */
@RequiresTool(ExternalTool.PYTHON_EXAMPLES)
final class PythonSecurityIT {
  private static final String USER = "ops";
  private static final String PASSWORD = "open-sesame";

  @TempDir private static Path directory;
  private static TestCertificateAuthority authority;
  private static SecuredKafka kafka;
  private static DevelopmentRegistry registry;

  @BeforeAll
  static void start() {
    authority = TestCertificateAuthority.create(directory.resolve("authority"), "our authority");
    kafka = SecuredKafka.start(directory.resolve("kafka"), 0, authority);
    registry =
        DevelopmentRegistry.start(
            directory.resolve("registry.json"), 0, RegistryAccess.open().withUser(USER, PASSWORD));
    kafka.user(USER, PASSWORD);
    assertThat(TopicsAdmin.createAll(kafka.admin(), 1)).isNotEmpty();
    try (AclAdmin admin = new AclAdmin(kafka.admin())) {
      admin.grant(
          List.of(
              new Role(
                  USER,
                  "User:" + USER,
                  List.of(
                      RequiredAcl.topic(AclOperation.WRITE, Topics.LABELS, "to send"),
                      RequiredAcl.topic(AclOperation.READ, Topics.STUDENT_RELEASES, "to serve")))));
    }
  }

  @AfterAll
  static void stop() {
    kafka.close();
    registry.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldConnectAsAUser(Packages packages) throws Exception {
    // given
    Files.writeString(directory.resolve("labels.csv"), "photos/0.png,9\n");
    int before = labels();
    PythonPrograms programs =
        programs(packages).with("SCHEMA_REGISTRY_USER", USER + ":" + PASSWORD);

    // when
    List<String> sent = programs.run(ExampleCommands.LABEL);
    List<String> served = programs.run(ExampleCommands.SERVE, 1);

    // then
    assertThat(sent).containsExactly("1 of 1 labels are sent");
    assertThat(labels()).isEqualTo(before + 1);
    assertThat(served).last().isEqualTo("there is no release of cnn in student-releases");
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatTheRegistryRefusesIt(Packages packages) throws Exception {
    // given
    Files.writeString(directory.resolve("labels.csv"), "photos/0.png,9\n");

    // when
    List<String> said =
        programs(packages).with("SCHEMA_REGISTRY_USER", "ops:wrong").run(ExampleCommands.LABEL, 1);

    // then
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith(registry.url() + "/subjects/labels-value/versions: ")
        .contains("401");
  }

  private static int labels() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka.admin(), Topics.LABELS)) {
      reader.readAll(records::add);
    }
    return records.size();
  }

  private static PythonPrograms programs(Packages packages) {
    Map<String, String> clients =
        Map.of(
            "bootstrap.servers",
            servers(packages),
            "schema.registry.url",
            registry.url().toString());
    String security = packages == Packages.PYPI ? byPassword() : byCertificate();
    return PythonPrograms.in(directory, packages, clients).with("KAFKA_CONFIG", security);
  }

  private static String servers(Packages packages) {
    Map<String, String> client =
        packages == Packages.PYPI ? kafka.password(USER, PASSWORD) : kafka.admin();
    return client.get("bootstrap.servers");
  }

  /** As the README shows it. */
  private static String byPassword() {
    return """
        {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
          "sasl.username": "%s", "sasl.password": "%s", "ssl.ca.location": "%s"}
        """
        .formatted(USER, PASSWORD, authority.certificate());
  }

  /** Debian's librdkafka is older than 2.6.1, whose SCRAM Kafka 4 refuses. */
  private static String byCertificate() {
    Path file = authority.issue(USER);
    return """
        {"security.protocol": "SSL", "ssl.ca.location": "%s", "ssl.certificate.location": "%s",
          "ssl.key.location": "%s"}
        """
        .formatted(authority.certificate(), file, file);
  }
}
