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
import io.stillstream.schemas.FloatArrays;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.Teacher;
import java.io.IOException;
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

/** What happens to a student, through a broker. */
class IncidentIT {
  @RegisterExtension static final TestCluster CLUSTER = new TestCluster();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
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
  void shouldChangeNoWeightAndNoReleaseForPoisonInTheTopic() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    for (int i = 0; i < 8 * BATCH; i++) {
      send(Views.view(i));
    }
    TrainerService clean = start(directory.resolve("clean"), "");
    await().atMost(PATIENCE).until(() -> clean.viewsSeen() == 8 * BATCH);
    clean.close();

    // when
    suffix = CLUSTER.topics(1);
    float[] poison = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e7f};
    for (int i = 0; i < 8 * BATCH; i++) {
      LabeledView bad = Views.view(1_000 + i);
      bad.setLogits(FloatArrays.of(1, poison[i % poison.length], 3, 4, 5));
      send(bad);
      send(Views.view(i));
    }
    TrainerService poisoned = start(directory.resolve("poisoned"), "");
    await().atMost(PATIENCE).until(() -> poisoned.viewsSeen() == 8 * BATCH);
    poisoned.close();

    // then
    assertThat(tensors(newest("poisoned").resolve("weights.pt")))
        .isEqualTo(tensors(newest("clean").resolve("weights.pt")));
    assertThat(tensors(poisoned.currentRelease().resolve("student.pt")))
        .isEqualTo(tensors(clean.currentRelease().resolve("student.pt")));
    assertThat(records("letters-" + suffix)).hasSize(8 * BATCH);
  }

  @Test
  void shouldTellOfDriftAndOfAnotherTeacher() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    for (int i = 0; i < 60 * BATCH; i++) {
      send(Views.view(i));
    }

    // when: another teacher calls everything otherwise
    for (int i = 60 * BATCH; i < 100 * BATCH; i++) {
      LabeledView view = Views.view(i);
      view.setTeachers(List.of(new Teacher("teacher", "2", "cd".repeat(32), 1.0)));
      float[] logits = FloatArrays.toArray(view.getLogits());
      view.setLogits(FloatArrays.of(logits[4], logits[0], logits[1], logits[2], logits[3]));
      send(view);
    }
    TrainerService trainer =
        start(
            directory.resolve("trainer"),
            """
            progress: {every: 50ms}
            release: {on-stop: false}
            evaluation: {held-out-topic: labeled-%s, held-out-images: 50, every-steps: 100}
            """
                .formatted(suffix));
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 100 * BATCH);
    await().atMost(PATIENCE).until(() -> events().size() >= 2);
    trainer.close();

    // then
    List<StudentEvent> events = events();
    assertThat(events)
        .extracting(StudentEvent::getKind)
        .contains(StudentEventKind.DRIFT, StudentEventKind.TEACHER_CHANGED)
        .doesNotContain(StudentEventKind.ROLLBACK);
    StudentEvent change =
        events.stream()
            .filter(event -> event.getKind() == StudentEventKind.TEACHER_CHANGED)
            .findFirst()
            .orElseThrow();
    assertThat(change.getStudent()).isEqualTo("cnn");
    assertThat(change.getStep()).isEqualTo(61 * 4);
    assertThat(change.getViewsSeen()).isEqualTo(61 * BATCH);
    assertThat(change.getDetails().get("from")).startsWith("teacher@1 abab");
    assertThat(change.getDetails().get("to")).startsWith("teacher@2 cdcd");
    assertThat(meters.get("student.drift.events").tag("signal", "disagreement").counter().count())
        .isPositive();
    assertThat(Files.readAllLines(directory.resolve("trainer/ledger.jsonl")))
        .anyMatch(line -> line.contains("\"event\":\"drift\""))
        .anyMatch(line -> line.contains("\"event\":\"teacher_changed\""));
    assertThat(meters.get("student.held.out.accuracy").gauge().value()).isBetween(0.0, 1.0);
    assertThat(meters.get("student.held.out.loss").gauge().value()).isPositive();
    List<StudentProgress> progress = read("progress-" + suffix, StudentProgress.class);
    assertThat(progress).anyMatch(report -> report.getDisagreement() > 0.5);
    assertThat(Files.readString(newest("trainer").resolve("state.json")))
        .contains("\"watch\":{\"losses\"", "\"version\":\"2\"");
  }

  @Test
  void shouldGoBackAndThenEndWhenTrainingDivergesAndGoOnFromTheLastCheckpoint() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    Path trainer = directory.resolve("trainer");
    for (int i = 0; i < 10 * BATCH; i++) {
      send(Views.view(i));
    }
    TrainerService first = start(trainer, "release: {on-stop: false}");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 10 * BATCH);
    first.close();
    for (int i = 10 * BATCH; i < 40 * BATCH; i++) {
      send(Views.view(i));
    }

    // when
    TrainerService diverging =
        start(trainer, "optimiser: {learning-rate: 1.0e+30}\nguard: {max-rollbacks: 1}");

    // then
    assertThatThrownBy(diverging::awaitStop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("training diverges")
        .hasMessageContaining("of step 40, is sound");
    assertThat(diverging.health().live()).isFalse();
    assertThat(meters.get("student.rollbacks").tag("reason", "not_finite").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("student.steps.skipped").tag("reason", "loss").counter().count())
        .isPositive();
    await().atMost(PATIENCE).until(() -> !events().isEmpty());
    assertThat(events().get(0).getKind()).isEqualTo(StudentEventKind.ROLLBACK);
    assertThat(events().get(0).getDetails()).containsEntry("to_step", "40");

    // when: somebody has looked at it
    diverging.close();
    TrainerService last = start(trainer, "");

    // then
    assertThat(last.steps()).isGreaterThanOrEqualTo(40);
    await().atMost(PATIENCE).until(() -> last.viewsSeen() == 40 * BATCH);
    assertThat(meters.get("student.teacher.agreement").gauge().value()).isGreaterThan(0.5);
    assertThat(meters.get("student.calibration.error").gauge().value()).isBetween(0.0, 1.0);
  }

  private TrainerService start(Path trainer, String more) {
    String yaml =
        """
        kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
        topics:
          labeled-views: labeled-%s
          student-releases: releases-%s
          student-progress: progress-%s
          student-events: events-%s
          dead-letters: letters-%s
        student: src/test/resources/students/cnn
        directory: %s
        buffer: {views: 100}
        batch: {size: 16}
        """
            .formatted(
                CLUSTER.servers(),
                CLUSTER.registryUrl(),
                suffix,
                suffix,
                suffix,
                suffix,
                suffix,
                trainer);
    TrainerConfig config = Settings.parse(yaml + more + "\n", TrainerConfig.class, Map.of());
    TrainerService service = new TrainerService(config, meters);
    service.start();
    started.add(service);
    return service;
  }

  private void send(LabeledView view) {
    String topic = "labeled-" + suffix;
    byte[] key = view.getView().getLineage().getImageId().getBytes(UTF_8);
    Future<?> unused = producer.send(new ProducerRecord<>(topic, key, writer.write(topic, view)));
  }

  private List<StudentEvent> events() {
    return read("events-" + suffix, StudentEvent.class);
  }

  private <T> List<T> read(String topic, Class<T> type) {
    try (RecordReader<T> reader = new RecordReader<>(type, CLUSTER.kafka(), meters)) {
      return records(topic).stream()
          .map(record -> reader.read(topic, record.headers(), record.value()))
          .toList();
    }
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

  private Path newest(String trainer) throws IOException {
    try (var paths = Files.list(directory.resolve(trainer).resolve("checkpoints"))) {
      return paths.sorted().reduce((a, b) -> b).orElseThrow();
    }
  }

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
