package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterMain;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.kafka.SecuredKafka;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.local.access.AclAdmin;
import io.stillstream.local.access.Role;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Who is not let in is told why, and which setting it is; and {@code acls} says who may do what.
 */
class ClientAuthenticationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Path CONFIG = Path.of("../config").toAbsolutePath().normalize();

  @TempDir static Path directory;
  private static TestCertificateAuthority authority;
  private static TestCertificateAuthority stranger;
  private static SecuredKafka kafka;
  private static EmbeddedKafka open;

  @BeforeAll
  static void startBrokers() {
    authority = TestCertificateAuthority.create(directory.resolve("ours"), "our authority");
    stranger = TestCertificateAuthority.create(directory.resolve("theirs"), "their authority");
    kafka = SecuredKafka.start(directory.resolve("kafka"), 0, authority);
    kafka.user("augmenter", "open sesame");
    open = EmbeddedKafka.start(directory.resolve("open"), 0);
  }

  @AfterAll
  static void stopBrokers() {
    open.close();
    kafka.close();
  }

  @Test
  void shouldLetInWhoeverHasPasswordOrCertificate() {
    assertThatCode(() -> connect(password())).doesNotThrowAnyException();
    assertThatCode(() -> connect(kafka.certificate(authority.issue("augmenter"))))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNameTheUserWithAWrongPasswordOrWhoIsUnknown() {
    assertRefused(
        kafka.password("augmenter", "open barley"),
        "kafka.sasl.jaas.config: ",
        "do not let User:augmenter in: wrong user or password");
    assertRefused(
        kafka.password("nobody", "open sesame"),
        "kafka.sasl.jaas.config: ",
        "do not let User:nobody in: wrong user or password");
  }

  @Test
  void shouldNameAMechanismThatTheBrokerDoesNotKnow() {
    assertRefused(
        with(password(), "sasl.mechanism", "SCRAM-SHA-256"),
        "kafka.sasl.mechanism: ",
        "SCRAM-SHA-256");
  }

  @Test
  void shouldNameATruststoreThatDoesNotVouchForTheBroker() {
    assertRefused(
        with(password(), "ssl.truststore.location", stranger.certificate().toString()),
        "kafka.ssl.truststore.location: " + stranger.certificate() + " does not vouch",
        "path");
  }

  @Test
  void shouldNameACertificateThatIsMissingOrOfSomebodyElseOrHasExpired() {
    Map<String, String> none = new HashMap<>(kafka.admin());
    none.remove("ssl.keystore.location");
    none.remove("ssl.keystore.type");
    assertRefused(
        none,
        "kafka.ssl.keystore.location: is not set, and the brokers at",
        "ask for a certificate");
    Path theirs = stranger.issue("augmenter");
    assertRefused(
        kafka.certificate(theirs),
        "kafka.ssl.keystore.location: the brokers at",
        "do not accept the certificate in " + theirs);
    Path expired = authority.issue("late", Instant.now().minus(Duration.ofDays(1)));
    assertRefused(
        kafka.certificate(expired),
        "kafka.ssl.keystore.location: the brokers at",
        "do not accept the certificate in " + expired + ": expired");
  }

  @Test
  void shouldNameTheProtocolWhereOneSpeaksTlsAndTheOtherDoesNot() {
    for (String protocol : new String[] {"PLAINTEXT", "SASL_PLAINTEXT"}) {
      assertRefused(
          with(password(), "security.protocol", protocol),
          "kafka.security.protocol: is " + protocol + ", but the broker at",
          "speaks TLS");
    }
    assertRefused(
        with(password(), "bootstrap.servers", open.bootstrapServers()),
        "kafka.security.protocol: is SASL_SSL, but the broker at",
        "speaks without TLS");
  }

  @Test
  void shouldNameAFileThatIsNotThere() {
    assertRefused(
        with(password(), "ssl.truststore.location", "/nowhere/ca.crt"),
        "kafka.ssl.truststore.location: ",
        "/nowhere/ca.crt");
  }

  @Test
  void shouldEndAProcessThatIsNotLetInWithOneLine() throws Exception {
    // given
    StringBuilder yaml = new StringBuilder("kafka:\n");
    kafka
        .password("augmenter", "open barley")
        .forEach((key, value) -> yaml.append("  %s: '%s'%n".formatted(key, value)));
    yaml.append("  schema.registry.url: http://127.0.0.1:1\n")
        .append("management: {host: 127.0.0.1, port: 0}\n")
        .append("state-dir: ")
        .append(directory.resolve("streams"))
        .append('\n')
        .append("policy: {seed: 1, views: 2, output: {height: 28, width: 28, channels: 1}}\n");
    Path file = Files.writeString(directory.resolve("augmenter.yaml"), yaml);
    // when
    try (JavaProcess service =
        MainProcess.start(AugmenterMain.class, "--config", file.toString())) {
      // then
      assertThat(service.awaitEnd(Duration.ofMinutes(2))).as("%s", service.lines()).isEqualTo(2);
      assertThat(service.lines())
          .anyMatch(
              line -> line.startsWith("augmenter") && line.contains("kafka.sasl.jaas.config: "));
      assertThat(service.lines()).noneMatch(line -> line.contains("open barley"));
      assertThat(service.lines()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  @Test
  void shouldGrantAndCheckWhatItPrints() throws Exception {
    // given
    StringBuilder yaml = new StringBuilder("kafka:\n");
    kafka.admin().forEach((key, value) -> yaml.append("  %s: '%s'%n".formatted(key, value)));
    String admin = Files.writeString(directory.resolve("admin.yaml"), yaml).toString();
    String augmenter = CONFIG.resolve("augmenter.yaml").toString();
    String[] who = {"--config", admin, "--augmenter", augmenter, "--role", "augmenter,ingest"};
    // when
    Said before = run("check", who);
    Said print = run("print", who);
    Said apply = run("apply", who);
    Said after = run("check", who);
    Said other =
        run("check", "--config", admin, "--role", "ingest", "--principal", "ingest=User:x");
    // then
    assertThat(before.exitCode()).isEqualTo(3);
    assertThat(before.text())
        .contains("augmenter     User:augmenter: not granted: Read on topic images (images)");
    assertThat(print.text())
        .contains(
            "--allow-principal User:augmenter --operation Write --operation DescribeConfigs --topic"
                + " views")
        .contains(
            "--operation Write --resource-pattern-type prefixed --transactional-id augmenter-")
        .contains("--allow-principal User:ingest --operation Write --topic images");
    assertThat(apply.exitCode()).isZero();
    assertThat(after.exitCode()).isZero();
    assertThat(after.text()).contains("User:augmenter: all is granted");
    assertThat(other.exitCode()).isEqualTo(3);
  }

  @Test
  void shouldMakeTheStoreOfMixedInImagesIfItMay() throws Exception {
    // given: a name of its own, so that other tests grant nothing of it
    kafka.user("mixer", "open sesame");
    StringBuilder yaml = new StringBuilder("kafka:\n");
    kafka
        .password("mixer", "open sesame")
        .forEach((key, value) -> yaml.append("  %s: '%s'%n".formatted(key, value)));
    yaml.append("  schema.registry.url: http://127.0.0.1:1\n")
        .append("application-id: mixer\n")
        .append("state-dir: ")
        .append(directory.resolve("mixer"))
        .append("\npolicy: {seed: 1, views: 2, operations: [mixup],")
        .append(" output: {height: 28, width: 28, channels: 1}}\n");
    AugmenterConfig config = YamlSettings.parse(yaml.toString(), AugmenterConfig.class, Map.of());
    List<RequiredAcl> all = config.requiredAcls();
    List<RequiredAcl> butOne =
        all.stream().filter(one -> one.operation() != AclOperation.CREATE).toList();
    try (TopicsAdmin topics = new TopicsAdmin(kafka.admin());
        AclAdmin acls = new AclAdmin(kafka.admin())) {
      topics.create(
          Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).toList(), Optional.of(1));
      acls.grant(List.of(new Role("augmenter", "User:mixer", butOne)));
      // when, then
      try (AugmenterService service = new AugmenterService(config, new SimpleMeterRegistry())) {
        assertThatThrownBy(service::start)
            .isInstanceOf(StartupException.class)
            .hasMessageStartingWith(
                "kafka: User:mixer has no Create on topic mixer-recent-images-changelog (")
            .hasMessageNotContaining("has no Read");
      }
      // when
      acls.grant(List.of(new Role("augmenter", "User:mixer", all)));
      await().until(() -> acls.index().missing(new Role("augmenter", "User:mixer", all)).isEmpty());
    }
    try (AugmenterService service = new AugmenterService(config, new SimpleMeterRegistry())) {
      service.start();
      // then
      await().atMost(Duration.ofMinutes(2)).until(() -> service.health().ready());
    }
  }

  @Test
  void shouldSayThatABrokerHasNoAuthorizerAndWhichRolesThereAre() {
    assertThat(run("check", "--bootstrap-server", open.bootstrapServers()))
        .matches(said -> said.exitCode() == 2)
        .matches(said -> said.text().contains("have no authorizer"));
    assertThat(run("print", "--role", "augmenter"))
        .matches(said -> said.exitCode() == 2)
        .matches(said -> said.text().contains("was augmenter; services need their files"));
  }

  private record Said(int exitCode, String text) {}

  private static Said run(String command, String... options) {
    StringWriter said = new StringWriter();
    CommandLine line = StillstreamMain.commandLine();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    String[] args = new String[options.length + 2];
    args[0] = "acls";
    args[1] = command;
    System.arraycopy(options, 0, args, 2, options.length);
    int exitCode = line.execute(args);
    return new Said(exitCode, said.toString());
  }

  private static Map<String, String> password() {
    return kafka.password("augmenter", "open sesame");
  }

  private static Map<String, String> with(Map<String, String> settings, String key, String value) {
    Map<String, String> changed = new HashMap<>(settings);
    changed.put(key, value);
    return changed;
  }

  private static void connect(Map<String, String> settings) {
    KafkaSettings.requireBroker(settings, PATIENCE);
  }

  private static void assertRefused(Map<String, String> settings, String begin, String more) {
    assertThatThrownBy(() -> connect(settings))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(begin)
        .hasMessageContaining(more)
        .hasMessageNotContainingAny("open sesame", "open barley", "\n");
  }
}
