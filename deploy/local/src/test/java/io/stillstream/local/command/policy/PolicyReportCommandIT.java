package io.stillstream.local.command.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.Logits;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real augmenter and a real labeler made of images, counted in two ways. */
class PolicyReportCommandIT {
  private static final int IMAGES = 90;
  private static final int VIEWS = 4;
  private static final Path MLP = Path.of("../models/mlp").toAbsolutePath().normalize();

  @TempDir static Path directory;
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;
  private static Path config;
  private static List<LabeledView> labeled;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void label() throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(
          Topics.catalogue().stream().map(spec -> spec.withPartitions(2)).toList(), Optional.of(1));
    }
    send(
        IdxLabeledImages.load(
            Path.of("../data/fashion-mnist").toAbsolutePath().normalize(),
            IdxLabeledImages.Split.TRAIN));
    AugmenterConfig augmenter =
        settings(
            "augmenter",
            """
            state-dir: %s
            policy: {preset: fashion-mnist, views: %d}
            management: {port: 0}
            """
                .formatted(directory.resolve("augmenter"), VIEWS),
            AugmenterConfig.class);
    LabelerConfig labeler =
        settings(
            "labeler",
            """
            instance-id: 0
            teacher: %s
            batch: {max-size: 32, max-delay: 50ms}
            state-directory: %s
            management: {port: 0}
            """
                .formatted(
                    Path.of("../models/fashion-mnist-mlp128").toAbsolutePath().normalize(),
                    directory.resolve("labeler")),
            LabelerConfig.class);
    try (AugmenterService augmenting = new AugmenterService(augmenter, new SimpleMeterRegistry());
        LabelerService labeling = new LabelerService(labeler, METERS)) {
      augmenting.start();
      labeling.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> METERS.counter("teacher.views").count() == IMAGES * VIEWS);
    }
    labeled = labeled();
    settings(
        "trainer",
        "student: %s\ndirectory: %s\n".formatted(MLP, directory.resolve("trainer")),
        TrainerConfig.class);
    config = directory.resolve("trainer.yaml");
  }

  @AfterAll
  static void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldCountWhatTheLabelerCountedAndWhatTheStudentAnswers() throws Exception {
    // given
    Map<String, Expected> expected = expected();
    assertThat(expected).containsKeys("original any", "augmented any", "rotate 8-15");
    assertThat(expected.get("augmented any").sameClass).isBetween(1L, IMAGES * (VIEWS - 1L) - 1);

    // when
    assertThat(report("--json", "--student=" + MLP)).isZero();

    // then
    assertThat(err.toString()).isEmpty();
    JsonNode report = new JsonMapper().readTree(out.toString());
    assertThat(report.at("/student/name").asText()).isEqualTo("mlp");
    assertThat(report.at("/rows").size()).isEqualTo(expected.size());
    for (JsonNode row : report.at("/rows")) {
      String operation = row.at("/key/operation").asText();
      String strength = row.at("/key/strength").asText();
      Expected own = expected.get(operation + " " + strength);
      assertThat(row.at("/views").asLong()).isEqualTo(own.views);
      assertThat(row.at("/teacher/views").asLong()).isEqualTo(own.compared);
      assertThat(row.at("/teacher/sameClass").asLong()).isEqualTo(own.sameClass);
      assertThat(row.at("/teacher/divergence").asDouble()).isCloseTo(own.divergence, within(1e-6));
      assertThat(row.at("/labelled").asLong()).isEqualTo(own.views);
      assertThat(row.at("/correct").asLong()).isEqualTo(own.correct);
      assertThat(row.at("/student/views").asLong()).isEqualTo(own.views);
      assertThat(row.at("/student/sameClass").asLong()).isEqualTo(own.agreed);
      assertThat(row.at("/student/divergence").asDouble())
          .isCloseTo(own.studentDivergence, within(1e-3));
      // and: the labeler's metrics say the same of the teacher
      Tags tags = Tags.of("operation", operation, "strength", strength);
      assertThat(METERS.counter("teacher.augmentation.views", tags).count())
          .isEqualTo((double) own.views);
      assertThat(METERS.counter("teacher.augmentation.agreements", tags).count())
          .isEqualTo((double) own.sameClass);
      assertThat(METERS.counter("teacher.augmentation.correct", tags).count())
          .isEqualTo((double) own.correct);
      assertThat(METERS.get("teacher.augmentation.divergence").tags(tags).summary().count())
          .isEqualTo(own.compared);
    }
  }

  @Test
  void shouldAskTheChampionAndTellWhereThereIsNone() throws Exception {
    // when, then
    assertThat(report()).isZero();
    Path releases = directory.resolve("trainer/releases");
    String hash = labeled.get(0).getView().getLineage().getPolicyHash();
    assertThat(out.toString())
        .contains("policies   1 policy hash: " + hash.substring(0, 12) + " on 360 views\n")
        .contains("student    none: there is no champion in " + releases + "; --student DIR names")
        .doesNotContain("student agrees");

    // given
    Path release = Files.createDirectories(releases.resolve("1"));
    byte[] model = Files.readAllBytes(MLP.resolve("model.pt"));
    Files.write(release.resolve("student.pt"), model);
    Files.writeString(
        release.resolve("student.yaml"),
        Files.readString(MLP.resolve("student.yaml")) + "file: student.pt\n");
    Files.writeString(
        release.resolve("model-card.json"),
        """
        {"student": "mlp", "version": 1, "file": "student.pt", "sha256": "%s", "topic": "labeled-views",
         "offsets": {}, "teachers": [], "policy_hashes": [], "metrics": {},
         "created_at": "2026-11-24T00:00:00Z"}
        """
            .formatted(Sha256.hex(model)));
    Files.createSymbolicLink(releases.resolve("current"), Path.of("1"));

    // when, then
    assertThat(report()).isZero();
    assertThat(out.toString())
        .contains("student    mlp 1, sha256 9d5e4ac57b61, " + release + "\n")
        .contains("  student agrees\n");

    // when, then: damaged
    Files.write(release.resolve("student.pt"), new byte[] {1, 2});
    assertThat(report()).isZero();
    assertThat(out.toString()).contains("student    none: ").contains("sha256");
    Files.delete(releases.resolve("current"));
  }

  @Test
  void shouldCountAndNameWhatItLeavesOut() throws Exception {
    // given: in a topic of its own
    String topic = "own-labeled";
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(
          Topics.catalogue().stream()
              .filter(spec -> spec.name().equals(Topics.LABELED_VIEWS))
              .map(
                  spec ->
                      new TopicSpec(
                          topic,
                          spec.valueSchema(),
                          1,
                          spec.cleanup(),
                          spec.retention(),
                          spec.maxMessageBytes()))
              .toList(),
          Optional.of(1));
    }
    LabeledView good = labeled.get(0);
    LabeledView old = copy(good);
    old.getView().getLineage().setPolicyHash("0123");
    LabeledView small = copy(good);
    small.getView().setHeight(4);
    LabeledView unlabelled = copy(good);
    unlabelled.setLogits(null);
    List<byte[]> values = new ArrayList<>();
    try (RecordValueSerializer<LabeledView> writer =
        new RecordValueSerializer<>(clients(), new SimpleMeterRegistry())) {
      for (LabeledView view : List.of(good, old, small, unlabelled, good)) {
        values.add(writer.serialize(topic, view));
      }
    }
    values.add(2, "no view".getBytes(UTF_8));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(topic, 0, new byte[1], value)).get();
      }
    }
    String topics = "--config=" + directory.resolve("own.yaml");
    Files.writeString(
        directory.resolve("own.yaml"),
        Files.readString(config) + "topics: {labeled-views: %s}\n".formatted(topic));
    String hash = good.getView().getLineage().getPolicyHash();

    // when, then
    assertThat(report(topics, "--student=" + MLP)).isEqualTo(3);
    assertThat(out.toString())
        .contains("policies   2 policy hashes: " + hash.substring(0, 12) + " on 4 views, 0123 on 1")
        .contains("unlabelled 1 views without")
        .contains("unreadable 1 records with reason malformed, the first is own-labeled-0@2: ")
        .contains("refused    1 records with reason shape, the first is own-labeled-0@3: the view");

    // when, then
    assertThat(report(topics, "--json", "--limit=2")).isZero();
    assertThat(new JsonMapper().readTree(out.toString()).at("/policies").size()).isEqualTo(2);
    assertThat(report(topics, "--json", "--policy-hash=01", "--since=1h")).isEqualTo(3);
    assertThat(new JsonMapper().readTree(out.toString()).at("/rows/0/views").asLong()).isOne();
    assertThat(report(topics, "--policy-hash=77")).isEqualTo(3);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualTo(
            "stillstream policy report: there is no such view in own-labeled: 5 views of other"
                + " policies, 1 records unreadable\n");
    assertThat(report(topics, "--since=2999-01-01T00:00:00Z")).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatCannotBeMeant() {
    assertThat(report("--student=" + directory.resolve("nobody"))).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("stillstream policy report: student: there is no model directory ");
    assertThat(report("--limit=0")).isEqualTo(2);
    assertThat(report("--since=soon")).isEqualTo(2);
    assertThat(err.toString()).contains("--since must be a time such as").contains("was soon");
    assertThat(report("--config=" + directory.resolve("none.yaml"))).isEqualTo(2);
    assertThat(err.toString()).contains("none.yaml: there is no such file");
  }

  private int report(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("policy", "report"));
    if (Stream.of(args).noneMatch(arg -> arg.startsWith("--config"))) {
      all.add("--config=" + config);
    }
    all.addAll(List.of(args));
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** Counts of one operation and strength. */
  private static final class Expected {
    private long views;
    private long compared;
    private long sameClass;
    private double divergence;
    private long correct;
    private long agreed;
    private double studentDivergence;
  }

  /** Counted view by view, with the model loaded in another way than the command loads it. */
  private static Map<String, Expected> expected() {
    Map<String, float[]> originals = new HashMap<>();
    for (LabeledView label : labeled) {
      if (label.getView().getLineage().getViewIndex() == 0) {
        originals.put(label.getView().getLineage().getImageId(), logits(label));
      }
    }
    Map<String, Expected> expected = new TreeMap<>();
    try (TorchScriptModel student = TorchScriptModel.load(ModelSpec.load(MLP, "student"))) {
      for (LabeledView label : labeled) {
        AugmentedView view = label.getView();
        float[] teacher = logits(label);
        float[] original = originals.get(view.getLineage().getImageId());
        float[] answer =
            student.answers(List.of(new Pixels(28, 28, 1, ByteArrays.copyOf(view.getPixels()))))[0];
        for (OperationStrength key : OperationStrength.of(view)) {
          Expected own =
              expected.computeIfAbsent(
                  key.operation() + " " + key.strength(), missing -> new Expected());
          own.views++;
          own.correct += Logits.top(teacher) == view.getLabel().getPrimary() ? 1 : 0;
          own.agreed += Logits.top(answer) == Logits.top(teacher) ? 1 : 0;
          own.studentDivergence += divergence(teacher, answer);
          if (view.getLineage().getViewIndex() > 0) {
            own.compared++;
            own.sameClass += Logits.top(teacher) == Logits.top(original) ? 1 : 0;
            own.divergence += divergence(original, teacher);
          }
        }
      }
    }
    return expected;
  }

  /** As it is written in books. */
  private static double divergence(float[] reference, float[] answer) {
    double[] p = Logits.probabilities(reference);
    double[] q = Logits.probabilities(answer);
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      sum += p[k] * Math.log(p[k] / q[k]);
    }
    return sum;
  }

  private static float[] logits(LabeledView label) {
    return FloatArrays.toArray(label.getLogits());
  }

  private static LabeledView copy(LabeledView label) {
    AugmentedView view = AugmentedView.newBuilder(label.getView()).build();
    view.setLineage(Lineage.newBuilder(view.getLineage()).build());
    return new LabeledView(
        view,
        label.getTeachers(),
        label.getLogits(),
        label.getTopLogits(),
        label.getDenseLogits(),
        label.getEmbedding(),
        label.getLabeledAt());
  }

  private static void send(IdxLabeledImages images) {
    try (ImageSender sender =
        new ImageSender(clients(), Topics.IMAGES, new SimpleMeterRegistry(), Optional.empty())) {
      for (int i = 0; i < IMAGES; i++) {
        sender.send(
            ImageEvent.newBuilder()
                .setImageId("image-" + i)
                .setSource("test")
                .setCapturedAt(Instant.EPOCH)
                .setContentType("image/png")
                .setPayload(ByteBuffer.wrap(ByteArrays.copyOf(images.png(i))))
                .setLabel(images.label(i))
                .build());
      }
      sender.flush();
    }
  }

  private static List<LabeledView> labeled() {
    List<LabeledView> views = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), Topics.LABELED_VIEWS);
        RecordValueDeserializer<LabeledView> values =
            new RecordValueDeserializer<>(
                LabeledView.class, clients(), new SimpleMeterRegistry())) {
      reader.readAll(
          (ConsumerRecord<byte[], byte[]> record) ->
              views.add(values.deserialize(record.topic(), record.headers(), record.value())));
    }
    return views;
  }

  private static <T extends Record> T settings(String name, String more, Class<T> type)
      throws Exception {
    Path file = directory.resolve(name + ".yaml");
    String kafkaSettings =
        """
        kafka:
          bootstrap.servers: %s
          schema.registry.url: %s
          auto.offset.reset: earliest
        """
            .formatted(kafka.bootstrapServers(), registry.url());
    return YamlSettings.load(Files.writeString(file, kafkaSettings + more), type, Map.of());
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
