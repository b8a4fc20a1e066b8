package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/examples/label-studio}, run as its README says. */
@RequiresTool(ExternalTool.PYTHON_EXAMPLES)
final class LabelStudioWebhookIT {
  private static final String TOKEN = "a token";
  private static final Pattern ADDRESS = Pattern.compile("listening on (http://\\S+)");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path directory;
  private static KafkaTestEnvironment cluster;
  private static Process webhook;
  private static URI address;

  @BeforeAll
  static void start() throws Exception {
    cluster = KafkaTestEnvironment.start(directory.resolve("cluster"));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(Topics.LABELS, 1, (short) 1))).all().get();
    }
    Path log = directory.resolve("webhook.log");
    Path python = ExternalTool.pythonWith("confluent_kafka", "avro").orElseThrow();
    ProcessBuilder builder =
        new ProcessBuilder(python.toString(), "../examples/label-studio/webhook.py")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                cluster.bootstrapServers(),
                "SCHEMA_REGISTRY_URL",
                cluster.registryUrl(),
                "CLASSES",
                "Trouser, Coat, Bag",
                "WEBHOOK_TOKEN",
                TOKEN,
                "WEBHOOK_ADDRESS",
                "127.0.0.1:0"));
    webhook = builder.start();
    await().atMost(PATIENCE).until(() -> address(log).isPresent() || !webhook.isAlive());
    address = address(log).map(URI::create).orElseThrow(() -> new AssertionError(text(log)));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (webhook != null) {
      webhook.destroy();
      assertThat(webhook.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldSendWhatAnAnnotatorChose() throws Exception {
    // given
    int before = labels().size();

    // when
    HttpResponse<String> created = post(annotation("ANNOTATION_CREATED", "photo/ä 1", "Coat"));
    HttpResponse<String> updated = post(annotation("ANNOTATION_UPDATED", "photo/ä 1", "Bag"));

    // then
    assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
    assertThat(updated.statusCode()).as(updated.body()).isEqualTo(200);
    List<ImageLabel> labels = labels();
    Instant at = Instant.parse("2026-11-30T09:15:30.123Z");
    assertThat(labels.subList(before, labels.size()))
        .containsExactly(
            new ImageLabel("photo/ä 1", 1, null, "label-studio/7", at),
            new ImageLabel("photo/ä 1", 2, null, "label-studio/7", at));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | {\"action\": \"ANNOTATIONS_DELETED\"}",
        "200 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {}}, \"annotation\": {\"was_cancelled\": true}}",
        "400 | [1]",
        "400 | no JSON",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"annotation\": {}}",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {}}, \"annotation\": {}}",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {\"imageId\": 3}}, \"annotation\": {}}",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {\"imageId\": \"a\"}}, \"annotation\": {\"result\": 5}}",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {\"imageId\": \"a\"}}, \"annotation\": {\"result\": [{\"type\": \"choices\", \"value\": {\"choices\": 5}}]}}",
        "422 | {\"action\": \"ANNOTATION_CREATED\", \"task\": {\"data\": {\"imageId\": \"\\ud800\"}}, \"annotation\": {\"result\": [{\"type\": \"choices\", \"value\": {\"choices\": [\"Bag\"]}}]}}",
      })
  void shouldSendNothingElse(int status, String body) throws Exception {
    // given
    int before = labels().size();

    // when
    HttpResponse<String> answer = post(body);

    // then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(labels()).hasSize(before);
  }

  @Test
  void shouldNameTheClassThatIsUnknown() throws Exception {
    // when
    HttpResponse<String> answer = post(annotation("ANNOTATION_CREATED", "a", "Hat"));

    // then
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("'Hat' is none of Trouser, Coat, Bag");
  }

  @Test
  void shouldRefuseAnotherToken() throws Exception {
    // given
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer another")
            .POST(HttpRequest.BodyPublishers.ofString(annotation("ANNOTATION_CREATED", "a", "Bag")))
            .build();

    // when, then
    assertThat(send(request).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldSayWhatIsNotSet() throws Exception {
    // given
    Path log = directory.resolve("refused.log");
    Path python = ExternalTool.pythonWith("confluent_kafka", "avro").orElseThrow();

    // when
    Process process =
        new ProcessBuilder(python.toString(), "../examples/label-studio/webhook.py")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    // then
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(log)).startsWith("CLASSES and WEBHOOK_TOKEN must be set");
  }

  private static String annotation(String action, String imageId, String choice) {
    return """
        {"action": "%s",
         "project": {"id": 1, "title": "pictures"},
         "task": {"id": 3, "data": {"image": "https://images.example.com/1.jpg", "imageId": "%s"}},
         "annotation": {"id": 5, "completed_by": 7, "was_cancelled": false,
           "created_at": "2026-11-30T09:10:00.000000Z", "updated_at": "2026-11-30T09:15:30.123000Z",
           "result": [{"id": "x1", "type": "choices", "from_name": "label", "to_name": "image",
             "value": {"choices": ["%s"]}}]}}
        """
        .formatted(action, imageId, choice);
  }

  private static HttpResponse<String> post(String body) throws Exception {
    return send(
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body, UTF_8))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static List<ImageLabel> labels() {
    Map<String, String> clients = cluster.kafka();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients, Topics.LABELS);
        RecordValueDeserializer<ImageLabel> deserializer =
            new RecordValueDeserializer<>(ImageLabel.class, clients, new SimpleMeterRegistry())) {
      reader.readAll(records::add);
      assertThat(records)
          .allSatisfy(
              record ->
                  assertThat(new String(record.key(), UTF_8))
                      .isEqualTo(value(deserializer, record).getImageId()));
      return records.stream().map(record -> value(deserializer, record)).toList();
    }
  }

  private static ImageLabel value(
      RecordValueDeserializer<ImageLabel> deserializer, ConsumerRecord<byte[], byte[]> record) {
    return deserializer.deserialize(record.topic(), record.headers(), record.value());
  }

  private static Optional<String> address(Path log) {
    Matcher matcher = ADDRESS.matcher(text(log));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "";
    }
  }
}
