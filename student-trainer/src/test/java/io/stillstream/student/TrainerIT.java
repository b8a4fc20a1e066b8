package io.stillstream.student;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.RecordReader;
import io.stillstream.runtime.RecordWriter;
import io.stillstream.runtime.Settings;
import io.stillstream.runtime.StartupException;
import io.stillstream.schemas.FloatArrays;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.zip.ZipFile;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole trainer against a broker and a registry. */
class TrainerIT {
  @RegisterExtension static final TestCluster CLUSTER = new TestCluster();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BATCH = 16;

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<TrainerService> started = new ArrayList<>();
  private Producer<byte[], byte[]> producer;
  private RecordWriter<LabeledView> writer;
  private String suffix;

  @BeforeEach
  void open() {
    producer = new KafkaProducer<>(KafkaSettings.producer(CLUSTER.kafka(), Map.of()));
    writer = new RecordWriter<>(CLUSTER.kafka(), meters);
  }

  @AfterEach
  void close() {
    started.forEach(TrainerService::close);
    producer.close();
    writer.close();
  }

  @Test
  void shouldTrainReleaseAndTellOfIt() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 40 * BATCH);

    // when
    TrainerService trainer = start("release: {every-steps: 80}");
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 40 * BATCH);
    assertThat(trainer.health().ready()).isTrue();
    trainer.close();

    // then
    assertThat(trainer.steps()).isEqualTo(160);
    assertThat(trainer.resumed()).isFalse();
    assertThat(trainer.releaseVersion()).isEqualTo(2);
    assertThat(trainer.currentRelease()).isDirectory();
    assertThat(trainer.currentRelease().toRealPath()).hasFileName("2");
    assertThat(trainer.currentRelease().resolve("student.pt")).isRegularFile();
    assertThat(trainer.currentRelease().resolve("student.yaml")).content().contains("student.pt");
    assertThat(meters.get("student.teacher.agreement").gauge().value()).isGreaterThan(0.7);

    List<StudentRelease> events = releases();
    assertThat(events).extracting(StudentRelease::getVersion).containsExactly(1L, 2L);
    StudentRelease last = events.get(1);
    assertThat(last.getStudent()).isEqualTo("cnn");
    assertThat(last.getStep()).isEqualTo(160);
    assertThat(last.getViewsSeen()).isEqualTo(40 * BATCH);
    assertThat(last.getOffsets().get(0).getOffset()).isEqualTo(40 * BATCH);
    assertThat(last.getTeachers().get(0).getName()).isEqualTo("teacher");
    assertThat(last.getPolicyHashes()).containsExactly("policy");
    assertThat(last.getMetrics()).containsKeys("prequential_accuracy", "teacher_agreement", "loss");
    assertThat(Path.of(URI.create(last.getUri()))).hasFileName("2");
    assertThat(read("progress-" + suffix, StudentProgress.class)).isNotEmpty();
    assertThat(Files.readAllLines(directory.resolve("ledger.jsonl"))).hasSize(40);
  }

  @Test
  void shouldGoOnWhereItStoppedBitForBit() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 20 * BATCH);
    TrainerService straight = start("directory: " + directory.resolve("straight"));
    await().atMost(PATIENCE).until(() -> straight.viewsSeen() == 20 * BATCH);
    straight.close();

    // when
    String other = suffix;
    suffix = CLUSTER.topics(1);
    assertThat(suffix).isNotEqualTo(other);
    send(0, 7 * BATCH + 5);
    Path broken = directory.resolve("broken");
    TrainerService first = start("directory: " + broken);
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 7 * BATCH);
    first.close();
    send(7 * BATCH + 5, 20 * BATCH);
    TrainerService second = start("directory: " + broken);
    await().atMost(PATIENCE).until(() -> second.viewsSeen() == 20 * BATCH);
    second.close();

    // then
    assertThat(second.resumed()).isTrue();
    assertThat(second.steps()).isEqualTo(straight.steps()).isEqualTo(80);
    Path expected = newest(directory.resolve("straight"));
    Path actual = newest(broken);
    assertThat(tensors(actual.resolve("weights.pt")))
        .isEqualTo(tensors(expected.resolve("weights.pt")));
    assertThat(tensors(actual.resolve("average.pt")))
        .isEqualTo(tensors(expected.resolve("average.pt")));
    assertThat(actual.resolve("optimiser.bin"))
        .hasSameBinaryContentAs(expected.resolve("optimiser.bin"));
    assertThat(actual.resolve("reservoir.bin"))
        .hasSameBinaryContentAs(expected.resolve("reservoir.bin"));
  }

  @Test
  void shouldPutBadRecordsAsideAndCountViewsExactlyOverSeveralPartitions() throws Exception {
    // given
    suffix = CLUSTER.topics(3);
    send(0, 4 * BATCH);
    producer.send(new ProducerRecord<>("labeled-" + suffix, "rubbish".getBytes(UTF_8))).get();
    sendView(Views.view(1000, 4));
    LabeledView notFinite = Views.view(1001);
    notFinite.setLogits(FloatArrays.of(1, 2, Float.NaN, 4, 5));
    sendView(notFinite);
    LabeledView label = Views.view(1002);
    label.getView().getLabel().setPrimary(5);
    sendView(label);
    LabeledView pixels = Views.view(1003);
    pixels.getView().setPixels(ByteBuffer.allocate(3));
    sendView(pixels);
    LabeledView nothing = Views.view(1004);
    nothing.setLogits(null);
    nothing.getView().setLabel(null);
    sendView(nothing);
    send(4 * BATCH, 8 * BATCH);

    // when
    TrainerService first = start("checkpoint: {every: 100ms}");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 8 * BATCH);
    first.close();
    TrainerService second = start("");
    send(8 * BATCH, 10 * BATCH);
    await().atMost(PATIENCE).until(() -> second.viewsSeen() == 10 * BATCH);
    second.close();

    // then
    assertThat(second.resumed()).isTrue();
    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "malformed", "logits_width", "logits_not_finite", "label", "pixels");
  }

  @Test
  void shouldTrainOnAShortBatchWhenTheStreamPauses() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 1);

    // when
    TrainerService trainer = start("batch: {size: 16, max-delay: 200ms}");

    // then
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 1);
    assertThat(trainer.steps()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoints", "releases", ""})
  void shouldTrainOnWhileTheDiskIsAwayAndSaveLater(String lost) throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    Path trainer = directory.resolve("trainer");
    String settings =
        "directory: %s\ncheckpoint: {every: 100ms}\nrelease: {every-steps: 8}".formatted(trainer);
    TrainerService first = start(settings);
    await().atMost(PATIENCE).until(() -> first.health().ready());

    // when
    Path away = directory.resolve("away");
    Files.move(trainer.resolve(lost).normalize(), away);
    send(0, 3 * BATCH);
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 3 * BATCH);
    await().atMost(PATIENCE).until(() -> !first.health().ready());
    assertThat(first.health().live()).isTrue();
    assertThat(first.releaseVersion()).isZero();
    Files.move(away, trainer.resolve(lost).normalize());

    // then
    await().atMost(PATIENCE).until(() -> first.health().ready());
    await().atMost(PATIENCE).until(() -> first.releaseVersion() == 1);
    assertThat(first.currentRelease().resolve("student.pt")).isRegularFile();
    first.close();
    assertThat(Files.readAllLines(trainer.resolve("ledger.jsonl"))).hasSize(3);
    assertThat(releases()).extracting(StudentRelease::getVersion).startsWith(1L);
    TrainerService second = start(settings);
    assertThat(second.steps()).isEqualTo(12);
    assertThat(second.viewsSeen()).isEqualTo(3 * BATCH);
  }

  @Test
  void shouldStopAtAGapOrCountItAsConfigured() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 2 * BATCH);
    TrainerService first = start("");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 2 * BATCH);
    first.close();
    send(2 * BATCH, 5 * BATCH);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", CLUSTER.servers()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition("labeled-" + suffix, 0),
                  RecordsToDelete.beforeOffset(3L * BATCH)))
          .all()
          .get();
    }

    // when
    assertThatThrownBy(() -> start(""))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("offset 32 of the checkpoint does not exist any more")
        .hasMessageContaining("on-offset-gap: skip");

    // when
    TrainerService skipping = start("on-offset-gap: skip");
    await().atMost(PATIENCE).until(() -> skipping.viewsSeen() == 4 * BATCH);
    skipping.close();

    // then
    assertThat(newest(directory).resolve("state.json")).content().contains("\"missed\":16");
  }

  @Test
  void shouldRefuseASecondTrainerInTheSameDirectory() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    start("");

    // when
    assertThatThrownBy(() -> start(""))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("another trainer is at work in " + directory);
  }

  @Test
  void shouldRefuseAStudentOfAnotherWidthThanTheTeacher() throws Exception {
    // given
    suffix = CLUSTER.topics(2);
    sendView(Views.view(1, 7));
    producer.flush();

    // when
    assertThatThrownBy(() -> start(""))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "student: cnn has 5 classes, but the teacher behind the newest record of labeled-"
                + suffix
                + " gives 7 logits");
  }

  @Test
  void shouldNameAMissingTopic() {
    // given
    suffix = "missing";

    // when
    assertThatThrownBy(() -> start(""))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.labeled-views: there is no topic labeled-missing");
  }

  private TrainerService start(String more) {
    String yaml =
        """
        kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
        topics:
          labeled-views: labeled-%s
          student-releases: releases-%s
          student-progress: progress-%s
          dead-letters: letters-%s
        student: src/test/resources/students/cnn
        buffer: {views: 100}
        """
            .formatted(CLUSTER.servers(), CLUSTER.registryUrl(), suffix, suffix, suffix, suffix);
    yaml += more.contains("batch:") ? "" : "batch: {size: 16}\n";
    yaml += more.contains("directory:") ? "" : "directory: " + directory + "\n";
    TrainerConfig config = Settings.parse(yaml + more + "\n", TrainerConfig.class, Map.of());
    TrainerService trainer = new TrainerService(config, meters);
    trainer.start();
    started.add(trainer);
    return trainer;
  }

  /** Views number {@code from} to {@code to − 1}, dealt to partitions by image. */
  private void send(int from, int to) {
    for (int i = from; i < to; i++) {
      sendView(Views.view(i));
    }
    producer.flush();
  }

  private void sendView(LabeledView view) {
    String topic = "labeled-" + suffix;
    byte[] key = view.getView().getLineage().getImageId().getBytes(UTF_8);
    Future<?> unused = producer.send(new ProducerRecord<>(topic, key, writer.write(topic, view)));
  }

  private List<StudentRelease> releases() {
    return read("releases-" + suffix, StudentRelease.class);
  }

  private <T> List<T> read(String topic, Class<T> type) {
    try (RecordReader<T> reader = new RecordReader<>(type, CLUSTER.kafka(), meters)) {
      return records(topic).stream()
          .map(record -> reader.read(topic, record.headers(), record.value()))
          .toList();
    }
  }

  private List<String> reasons() {
    return records("letters-" + suffix).stream()
        .map(record -> new String(record.headers().lastHeader("stillstream.reason").value(), UTF_8))
        .toList();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(KafkaSettings.consumer(CLUSTER.kafka(), Map.of()))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  private static Path newest(Path trainer) throws IOException {
    try (var paths = Files.list(trainer.resolve("checkpoints"))) {
      return paths.sorted().reduce((a, b) -> b).orElseThrow();
    }
  }

  /** The tensors of a TorchScript file: libtorch numbers them in the order of the module. */
  private static Map<String, String> tensors(Path file) throws IOException {
    Map<String, String> tensors = new HashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        if (name.startsWith("data/")) {
          tensors.put(name, HexFormat.of().formatHex(zip.getInputStream(entry).readAllBytes()));
        }
      }
    }
    return tensors;
  }
}
