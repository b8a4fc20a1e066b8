package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.deadletter.DeadLetterFilter;
import io.stillstream.local.deadletter.DeadLetterReader;
import io.stillstream.local.deadletter.DeadLetterReplayer;
import io.stillstream.local.deadletter.ReplayTargets;
import io.stillstream.local.deadletter.ReplayedDeadLetters;
import io.stillstream.local.deadletter.TransactionalReplayProducer;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.erasure.ErasureRequestProducer;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.label.LabelRun;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ClassScore;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every topic of the demo's own pipeline, read by JavaScript clients with their stock settings:
 * kafkajs, its registry client and Confluent's.
 */
@RequiresTool(ExternalTool.JAVASCRIPT)
final class JavaScriptClientsIT {
  private static final int GOOD = 60;
  private static final int VIEWS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path SCRIPTS = Path.of("src/test/javascript").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;
  private static DemoPipeline pipeline;

  @Test
  void shouldReadEveryTopicAsJavaDoes() throws Exception {
    // given
    Map<String, List<ConsumerRecord<byte[], byte[]>>> expected = new HashMap<>();
    List<JsonNode> read;
    try (StateDirectory state = StateDirectory.open(directory)) {
      pipeline = start(state);
      try {
        fillEveryTopic();
        Topics.catalogue().stream()
            .map(TopicSpec::name)
            .forEach(topic -> expected.put(topic, records(topic)));
        assertThat(expected.values()).doesNotContain(List.of());

        // when
        read = readWithJavaScript(expected);
      } finally {
        pipeline.close();
      }
    }

    // then
    assertThat(read)
        .extracting(line -> line.path("at").asText())
        .containsExactlyInAnyOrderElementsOf(
            expected.values().stream().flatMap(List::stream).map(JavaScriptClientsIT::at).toList());
    assertThat(values(read, Topics.IMAGES, "imageId")).hasSize(GOOD + 2);
    assertThat(values(read, Topics.VIEWS, "lineage"))
        .hasSize(GOOD * VIEWS)
        .allSatisfy(
            lineage -> {
              assertThat(lineage.path("seed").isIntegralNumber()).isTrue();
              assertThat(lineage.path("seed").longValue()).isBetween(0L, (1L << 53) - 1);
            });
    assertThat(values(read, Topics.LABELED_VIEWS, "logits"))
        .hasSize(GOOD * VIEWS)
        .allSatisfy(logits -> assertThat(logits).hasSize(10));
    assertThat(values(read, Topics.STUDENT_RELEASES, "viewsSeen"))
        .extracting(JsonNode::intValue)
        .last()
        .isEqualTo(GOOD * VIEWS);
    assertThat(values(read, Topics.STUDENT_PROGRESS, "step")).isNotEmpty();
    assertThat(values(read, Topics.STUDENT_EVENTS, "kind"))
        .extracting(JsonNode::asText)
        .contains("FORGOTTEN");
    assertThat(values(read, Topics.LABELS, "source"))
        .extracting(JsonNode::asText)
        .containsExactly("a person", "a tool");
    assertThat(values(read, Topics.REVIEW_REQUESTS, "imageId"))
        .extracting(JsonNode::asText)
        .contains("good-3");
    assertThat(of(read, Topics.DEAD_LETTERS))
        .extracting(letter -> letter.path("key").asText())
        .containsExactlyInAnyOrder("not-avro", "truncated");
    assertThat(of(read, Topics.FORGOTTEN))
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.path("key").asText()).isEqualTo(ImageIdHash.of("good-1").sha256());
              assertThat(Instant.parse(request.path("value").asText())).isBefore(Instant.now());
            });
  }

  private static DemoPipeline start(StateDirectory state) {
    Path home = Path.of("../..").toAbsolutePath().normalize();
    DemoSettings settings =
        new DemoSettings(
            home,
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 2, "", "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            false,
            new DemoSettings.Ports(0, 0, 0),
            false);
    return DemoPipeline.start(settings, state);
  }

  /** Ends with services that have stopped, so that no topic grows any more. */
  private static void fillEveryTopic() throws Exception {
    IdxLabeledImages images = IdxLabeledImages.load(dataSet(), IdxLabeledImages.Split.TRAIN);
    try (ImageSender sender =
            new ImageSender(clients(), Topics.IMAGES, pipeline.meters(), Optional.empty());
        KafkaProducer<byte[], byte[]> raw =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      for (int i = 0; i < GOOD; i++) {
        sender.send(event("good-" + i, images.png(i)));
      }
      sender.send(event("truncated", images.png(0).slice(0, 100)));
      sender.flush();
      raw.send(
              new ProducerRecord<>(
                  Topics.IMAGES, "not-avro".getBytes(UTF_8), "hello, world".getBytes(UTF_8)))
          .get();
    }
    label();
    requestReview();
    await().until(() -> pipeline.trainer().viewsSeen() == GOOD * VIEWS);
    await().until(() -> records(Topics.DEAD_LETTERS).size() == 2);
    String unused =
        new ErasureRequestProducer(clients())
            .requestErasure(Topics.FORGOTTEN, ImageIdHash.of("good-1"), Instant.now());
    await().until(() -> !records(Topics.STUDENT_EVENTS).isEmpty());
    pipeline.closeServices();
    replay("truncated");
  }

  private static void label() {
    LabelRun labels = new LabelRun(clients(), Topics.LABELS, pipeline.meters());
    ImageLabel.Builder label =
        ImageLabel.newBuilder().setImageId("good-2").setLabeledAt(Instant.now());
    labels.one(label.setSource("a person").setLabel(3).build());
    labels.one(label.setSource("a tool").setLabel(4).build());
  }

  private static void requestReview() throws Exception {
    ReviewRequest request =
        ReviewRequest.newBuilder()
            .setImageId("good-3")
            .setStudent("cnn")
            .setStep(0)
            .setReason(ReviewReason.UNSURE_TEACHER)
            .setPriority(0.5)
            .setTeacherTop(List.of(new ClassScore(1, "Trouser", 0.25)))
            .setStudentTop(List.of())
            .setThumbnail(ByteBuffer.wrap(new byte[3]))
            .setCapturedAt(Instant.now())
            .setRequestedAt(Instant.now())
            .build();
    try (RecordValueSerializer<ReviewRequest> values =
            new RecordValueSerializer<>(clients(), pipeline.meters());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.REVIEW_REQUESTS,
                  "good-3".getBytes(UTF_8),
                  values.serialize(Topics.REVIEW_REQUESTS, request)))
          .get();
    }
  }

  private static void replay(String imageId) {
    DeadLetterFilter all = DeadLetterFilter.all();
    DeadLetterFilter one =
        new DeadLetterFilter(
            all.reasons(),
            all.services(),
            all.since(),
            all.until(),
            all.partition(),
            all.offset(),
            Optional.of(imageId));
    try (DeadLetterReplayer replaying =
        new DeadLetterReplayer(
            clients(),
            Optional.of(
                new TransactionalReplayProducer(clients(), "replay-of-" + Topics.DEAD_LETTERS)),
            ReplayedDeadLetters.read(clients(), Topics.DEAD_LETTER_REPLAYS),
            new ReplayTargets(Map.of(Topics.IMAGES, true), topic -> Topics.MAX_MESSAGE_BYTES),
            new DeadLetterReplayer.Rules(3, false),
            InstantSource.system(),
            fate -> {})) {
      assertThat(
              new DeadLetterReader(clients(), Topics.DEAD_LETTERS)
                  .read(one, 1, TaskProgress.silent(), replaying::add))
          .isEqualTo(1);
      replaying.flush();
    }
  }

  private static List<JsonNode> readWithJavaScript(
      Map<String, List<ConsumerRecord<byte[], byte[]>>> expected) throws Exception {
    Path read = directory.resolve("read.jsonl");
    List<String> command =
        new ArrayList<>(
            List.of(
                "node",
                SCRIPTS.resolve("read-topics.js").toString(),
                clients().get("bootstrap.servers"),
                clients().get("schema.registry.url"),
                read.toString()));
    expected.forEach((topic, records) -> command.add(topic + "=" + records.size()));
    Path log = directory.resolve("javascript.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(log)).isTrue();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(read)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static List<JsonNode> of(List<JsonNode> read, String topic) {
    return read.stream().filter(line -> line.path("topic").asText().equals(topic)).toList();
  }

  /** A field of all those that are records. */
  private static List<JsonNode> values(List<JsonNode> read, String topic, String field) {
    return of(read, topic).stream()
        .map(line -> line.path("value"))
        .filter(JsonNode::isObject)
        .map(value -> value.path(field))
        .toList();
  }

  private static String at(ConsumerRecord<byte[], byte[]> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  private static ImageEvent event(String id, ByteBuffer payload) {
    return ImageEvent.newBuilder()
        .setImageId(id)
        .setSource("javascript-clients-it")
        .setCapturedAt(Instant.now())
        .setContentType("image/png")
        .setPayload(payload)
        .setLabel(1)
        .build();
  }

  private static Map<String, String> clients() {
    return pipeline.clients();
  }

  private static Path dataSet() {
    return Path.of("../data/fashion-mnist");
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).failFast(() -> pipeline.failure().isPresent());
  }
}
