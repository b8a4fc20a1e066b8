package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.augmenter.AugmenterMain;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.embedded.registry.RegistryAccess;
import io.stillstream.labeler.LabelerMain;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.page.PageMain;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.TrainerMain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every service as a process with a marked secret wherever a setting takes one: nothing that it
 * prints, at its most talkative, and nothing that it answers holds the mark.
 */
class SecretRedactionIT {
  private static final String MARK = "hush7391";
  private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern PORT = Pattern.compile(" started .*management\\.port=\"?(\\d+)");

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;

  @TempDir Path directory;
  private final Map<Class<?>, JavaProcess> services = new LinkedHashMap<>();

  @BeforeAll
  static void startDependencies() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    registry =
        DevelopmentRegistry.start(
            shared.resolve("registry.json"), 0, RegistryAccess.open().withUser("svc", MARK + "r"));
    try (TopicsAdmin admin =
        new TopicsAdmin(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.create(
          Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).toList(), Optional.of(1));
    }
  }

  @AfterAll
  static void stopDependencies() {
    registry.close();
    kafka.close();
  }

  @AfterEach
  void stopServices() {
    services.values().forEach(JavaProcess::close);
  }

  @Test
  void shouldKeepSecretsWhileTheyRun() throws Exception {
    // given
    for (Class<?> main :
        List.of(AugmenterMain.class, LabelerMain.class, TrainerMain.class, PageMain.class)) {
      start(main, good(main));
    }
    for (JavaProcess service : services.values()) {
      // when
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  !service.isAlive()
                      || service.lines().stream().anyMatch(SecretRedactionIT::isStarted));
      assertThat(service.isAlive()).as("%s", service.lines()).isTrue();
      await().atMost(PATIENCE).until(() -> service.output().contains("Failed to publish metrics"));
      List<String> answers = new ArrayList<>();
      for (String path : List.of("/info", "/metrics", "/health/ready", "/health/live")) {
        HttpResponse<String> answer = get(port(service), path);
        assertThat(answer.statusCode()).isNotEqualTo(401);
        answers.add(answer.body());
      }
      service.requestTermination();

      // then
      assertThat(service.awaitEnd(PATIENCE)).as("%s", service.lines()).isEqualTo(143);
      assertQuiet(answers);
      assertQuiet(service.lines());
      assertThat(service.lines())
          .as("the configuration in effect")
          .extracting(String::strip)
          .contains("basic.auth.user.info: '***'", "x.note: '***'", "password: '***'");
    }
  }

  @Test
  void shouldKeepSecretsWhenTheyCannotStart() throws Exception {
    // given: what is a secret is wrong, too
    start(
        AugmenterMain.class,
        good(AugmenterMain.class)
            .replace(
                "  ssl.key.password:", "  security.protocol: SASL_PLAINTEXT\n  ssl.key.password:")
            .replace("}\";", "}\""));
    start(
        LabelerMain.class,
        good(LabelerMain.class)
            .replace("\"${MANAGEMENT_PASSWORD}\"", "[" + MARK + "]")
            .replace("port: 0", "port: ${file:" + directory.resolve("jaas") + "}"));
    start(
        TrainerMain.class, good(TrainerMain.class).replace("url: http://svc:", "url: ftp://svc:/"));

    // then
    for (Map.Entry<Class<?>, JavaProcess> service : services.entrySet()) {
      int code = service.getValue().awaitEnd(PATIENCE);
      List<String> lines = service.getValue().lines();
      assertThat(code).as("%s", lines).isPositive();
      assertQuiet(lines);
    }
    assertThat(services.get(LabelerMain.class).lines())
        .anyMatch(line -> line.contains("management.basic.password: must be a single value"))
        .anyMatch(line -> line.contains("management.port: must be a whole number"));
    assertThat(services.get(TrainerMain.class).lines())
        .anyMatch(line -> line.contains("schema.registry.url: must be http://host"));
  }

  private void start(Class<?> main, String yaml) throws Exception {
    Files.writeString(directory.resolve("jaas"), MARK + "f\n");
    Path file = Files.writeString(directory.resolve(main.getSimpleName() + ".yaml"), yaml);
    Map<String, String> environment =
        Map.of(
            "JAVA_TOOL_OPTIONS", "-Dlogback.configurationFile=" + talkative(),
            "REGISTRY_USER_INFO", "svc:" + MARK + "r",
            "MANAGEMENT_PASSWORD", MARK + "m");
    services.put(main, MainProcess.start(environment, main, "--config", file.toString()));
  }

  /** Everything that any library says, down to DEBUG. */
  private Path talkative() throws IOException {
    return Files.writeString(
        directory.resolve("logback.xml"),
        """
        <configuration>
          <appender name="ALL" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%d %level %logger{0} %msg %kvp%n</pattern></encoder>
          </appender>
          <root level="DEBUG"><appender-ref ref="ALL" /></root>
        </configuration>
        """);
  }

  private String good(Class<?> main) {
    String url = registry.url().toString().replace("://", "://svc:" + MARK + "u@");
    String common =
        """
        kafka:
          bootstrap.servers: "%s"
          schema.registry.url: %s
          basic.auth.credentials.source: USER_INFO
          basic.auth.user.info: ${REGISTRY_USER_INFO}
          bearer.auth.token: hush7391t
          sasl.jaas.config: >-
            org.apache.kafka.common.security.plain.PlainLoginModule required username="u"
            password="${file:%s}";
          ssl.key.password: hush7391k
          ssl.keystore.password: hush7391s
          ssl.truststore.password: hush7391t
          ssl.keystore.key: hush7391p
          producer.sasl.jaas.config: hush7391j
          x.note: ${file:%s}
          schema.registry.ssl.key.password: hush7391q
        management:
          host: 127.0.0.1
          port: 0
          basic: {user: ops, password: "${MANAGEMENT_PASSWORD}"}
        metrics:
          otlp:
            url: http://127.0.0.1:1/v1/metrics
            step: 1s
            headers: {authorization: Bearer hush7391o, x-tenant: hush7391x}
        """
            .formatted(
                kafka.bootstrapServers(),
                url,
                directory.resolve("jaas"),
                directory.resolve("jaas"));
    if (main == AugmenterMain.class) {
      return common
          + "state-dir: %s\n".formatted(directory.resolve("streams"))
          + "policy: {seed: 1, views: 2, output: {height: 28, width: 28, channels: 1}}\n"
          + "fetch: {allow: ['s3://pictures/'], store: {endpoint: 'http://127.0.0.1:1',"
          + " credentials: {access-key: hush7391a, secret-key: hush7391s}}}\n";
    }
    if (main == LabelerMain.class) {
      return common + "teacher: %s\n".formatted(MODELS.resolve("fashion-mnist-mlp128"));
    }
    if (main == PageMain.class) {
      return common + "trainer: {url: 'http://127.0.0.1:1', user: ops, password: hush7391w}\n";
    }
    return common
        + "student: %s\ndirectory: %s\n"
            .formatted(MODELS.resolve("mlp"), directory.resolve("trainer"));
  }

  private static void assertQuiet(List<String> texts) {
    assertThat(texts)
        .isNotEmpty()
        .noneMatch(text -> text.contains(MARK))
        .noneMatch(text -> text.contains(encoded("svc:" + MARK + "r")))
        .noneMatch(text -> text.contains(encoded("ops:" + MARK + "m")))
        .noneMatch(text -> text.contains(encoded("ops:" + MARK + "w")));
  }

  private static boolean isStarted(String line) {
    return PORT.matcher(line).find();
  }

  private static int port(JavaProcess service) {
    return service.lines().stream()
        .map(PORT::matcher)
        .filter(Matcher::find)
        .map(matcher -> Integer.parseInt(matcher.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Basic " + encoded("ops:" + MARK + "m"))
                .build(),
            BodyHandlers.ofString());
  }

  private static String encoded(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }
}
