package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.values.FloatArrays;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole trainer against a broker and a registry. */
@Tag("test-environment")
class TrainerIT extends TrainerTestBase {
  @Test
  void shouldTrainReleaseAndTellOfIt() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 40 * BATCH);

    // when
    TrainerService trainer = start("release: {every-steps: 80}");
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 40 * BATCH);
    assertThat(trainer.health().ready()).isTrue();
    Gauge stable =
        meters.get("stillstream.last.stable.offset.lag").tag("topic", "labeled-" + suffix).gauge();
    await().atMost(PATIENCE).until(() -> stable.value() == 0);
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
    assertThat(meters.get("student.updates").gauge().value()).isEqualTo(4);
    assertThat(meters.get("student.buffer.views").gauge().value()).isEqualTo(100);
    assertThat(meters.get("student.checkpoint.duration").timer().count()).isPositive();
    assertThat(meters.get("student.checkpoint.stall").timer().count()).isPositive();
    for (String kind : List.of("segment", "files")) {
      assertThat(meters.get("student.checkpoint.bytes").tag("kind", kind).summary().totalAmount())
          .isPositive();
    }
    assertThat(meters.getMeters())
        .filteredOn(meter -> meter.getId().getName().startsWith("student."))
        .hasSizeGreaterThan(40)
        .allSatisfy(meter -> assertThat(meter.getId().getTag("student")).isEqualTo("cnn"));

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
    assertThat(read("events-" + suffix, StudentEvent.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getKind()).isEqualTo(StudentEventKind.GATE_PASSED);
              assertThat(event.getStep()).isEqualTo(160);
              assertThat(event.getDetails())
                  .containsEntry("version", "2")
                  .containsEntry("baseline", "1");
              // Two views of each image: half of the views since the first release was durable.
              assertThat(Integer.parseInt(event.getDetails().get("images")))
                  .isBetween(BATCH / 2, 10 * BATCH);
            });
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
    assertThat(TrainerDirectoryReader.tensors(actual.resolve("weights.pt")))
        .isEqualTo(TrainerDirectoryReader.tensors(expected.resolve("weights.pt")));
    assertThat(TrainerDirectoryReader.tensors(actual.resolve("average.pt")))
        .isEqualTo(TrainerDirectoryReader.tensors(expected.resolve("average.pt")));
    assertThat(actual.resolve("optimiser.bin"))
        .hasSameBinaryContentAs(expected.resolve("optimiser.bin"));
    assertThat(TrainerDirectoryReader.buffer(actual))
        .isEqualTo(TrainerDirectoryReader.buffer(expected));
  }

  @Test
  void shouldTrainOnPartitionsInTheSameOrderHoweverItIsInterrupted() throws Exception {
    // given: one partition gets nothing, and the last has all its records after the others
    suffix = CLUSTER.topics(4);
    long begin = System.currentTimeMillis() - 10L * 20 * BATCH;
    for (int i = 0; i < 20 * BATCH; i++) {
      sendTo(i < 15 * BATCH ? i / 7 % 2 : 3, begin + 10L * i, LabeledViewFixtures.view(i));
    }
    producer.flush();
    TrainerService straight =
        start("merge: {max-wait: 200ms}\ndirectory: " + directory.resolve("straight"));
    await().atMost(PATIENCE).until(() -> straight.viewsSeen() == 20 * BATCH);
    straight.close();

    // when
    Path broken = directory.resolve("broken");
    for (int stops = 1; stops <= 3; stops++) {
      int enough = 5 * stops * BATCH;
      TrainerService part =
          start(
              """
              directory: %s
              merge: {max-wait: 200ms}
              kafka: {consumer.max.poll.records: "%d", bootstrap.servers: "%s", schema.registry.url: "%s"}
              """
                  .formatted(broken, 3 * stops, CLUSTER.servers(), CLUSTER.registryUrl()));
      await().atMost(PATIENCE).until(() -> part.viewsSeen() >= enough);
      part.close();
    }
    TrainerService last = start("merge: {max-wait: 200ms}\ndirectory: " + broken);
    await().atMost(PATIENCE).until(() -> last.viewsSeen() == 20 * BATCH);
    last.close();

    // then
    assertThat(last.steps()).isEqualTo(80);
    Path expected = newest(directory.resolve("straight"));
    assertThat(newest(broken).resolve("optimiser.bin"))
        .hasSameBinaryContentAs(expected.resolve("optimiser.bin"));
    assertThat(TrainerDirectoryReader.buffer(newest(broken)))
        .isEqualTo(TrainerDirectoryReader.buffer(expected));
    assertThat(TrainerDirectoryReader.tensors(newest(broken).resolve("weights.pt")))
        .isEqualTo(
            TrainerDirectoryReader.tensors(
                newest(directory.resolve("straight")).resolve("weights.pt")));
  }

  @Test
  void shouldTrainSeveralStudentsFromOneTopic() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 10 * BATCH);

    // when
    TrainerService one = start("group-id: one\ndirectory: " + directory.resolve("one"));
    TrainerService two = start("group-id: two\ndirectory: " + directory.resolve("two"));
    await().atMost(PATIENCE).until(() -> one.viewsSeen() == 10 * BATCH);
    await().atMost(PATIENCE).until(() -> two.viewsSeen() == 10 * BATCH);
    one.close();
    two.close();

    // then: neither takes anything away from the other, nor mixes with it
    assertThat(
            TrainerDirectoryReader.tensors(newest(directory.resolve("one")).resolve("weights.pt")))
        .isEqualTo(
            TrainerDirectoryReader.tensors(newest(directory.resolve("two")).resolve("weights.pt")));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", CLUSTER.servers()))) {
      TopicPartition partition = new TopicPartition("labeled-" + suffix, 0);
      for (String group : List.of("one", "two")) {
        var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        assertThat(offsets.get(partition).offset()).isEqualTo(10 * BATCH);
      }
    }
  }

  @Test
  void shouldReplayInSpareTimeAndStopAtTheMaximum() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 5 * BATCH);

    // when
    TrainerService trainer = start("updates: {min: 1, max: 6}");
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 5 * BATCH);
    await().atMost(PATIENCE).until(() -> trainer.steps() >= 10);
    send(5 * BATCH, 6 * BATCH);
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 6 * BATCH);
    long before = trainer.steps();
    await().atMost(PATIENCE).until(() -> trainer.steps() == before + 5 || trainer.steps() == 16);
    trainer.close();

    // then: all that were waiting got one each, and the last of them and the new one had time
    assertThat(trainer.steps()).isEqualTo(16);
    assertThat(meters.get("student.updates").gauge().value()).isEqualTo(6);
    assertThat(Files.readAllLines(directory.resolve("ledger.jsonl"))).hasSize(16);
  }

  @Test
  void shouldPutBadRecordsAsideAndCountViewsExactlyOverSeveralPartitions() throws Exception {
    // given
    suffix = CLUSTER.topics(3);
    send(0, 4 * BATCH);
    producer.send(new ProducerRecord<>("labeled-" + suffix, "rubbish".getBytes(UTF_8))).get();
    sendView(LabeledViewFixtures.view(1000, 4));
    LabeledView notFinite = LabeledViewFixtures.view(1001);
    notFinite.setLogits(FloatArrays.of(1, 2, Float.NaN, 4, 5));
    sendView(notFinite);
    LabeledView label = LabeledViewFixtures.view(1002);
    label.getView().getLabel().setPrimary(5);
    sendView(label);
    LabeledView pixels = LabeledViewFixtures.view(1003);
    pixels.getView().setPixels(ByteBuffer.allocate(3));
    sendView(pixels);
    LabeledView nothing = LabeledViewFixtures.view(1004);
    nothing.setLogits(null);
    nothing.getView().setLabel(null);
    sendView(nothing);
    send(4 * BATCH, 8 * BATCH);

    // when
    String settings = "checkpoint: {every: 100ms}\nmerge: {max-wait: 200ms}";
    TrainerService first = start(settings);
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 8 * BATCH);
    first.close();
    TrainerService second = start(settings);
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
  void shouldLearnFromAStreamThatTheTeacherIsMostlyNotAskedAbout() throws Exception {
    // given: of four images one with logits, two with their label alone, one with nothing
    suffix = CLUSTER.topics(1);
    int views = 60 * BATCH;
    for (int i = 0; i < views; i++) {
      LabeledView view = LabeledViewFixtures.view(i);
      int image = i / 2;
      if (image % 4 != 0) {
        view.setLogits(null);
        view.setTeachers(List.of());
      }
      if (image % 4 == 3) {
        view.getView().setLabel(null);
      }
      sendView(view);
    }
    producer.flush();

    // when
    TrainerService trainer = start("evaluation: {images: 100}");
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == views * 3 / 4);
    // The last views are among those that say nothing.
    await().atMost(PATIENCE).until(() -> views("skipped") == views * 0.25);
    trainer.close();

    // then
    assertThat(views("fresh")).isEqualTo(views * 0.75);
    assertThat(views("skipped")).isEqualTo(views * 0.25);
    assertThat(meters.get("student.prequential.accuracy").gauge().value()).isGreaterThan(0.7);
    assertThat(meters.get("student.teacher.agreement").gauge().value()).isGreaterThan(0.7);
    assertThat(newest(directory).resolve("state.json"))
        .content()
        .contains("\"offsets\":{\"0\":" + views + "}");
    List<StudentProgress> progress = read("progress-" + suffix, StudentProgress.class);
    assertThat(progress.get(progress.size() - 1).getDisagreement()).isLessThan(0.3);
    assertThat(reasons()).isEmpty();
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
    sendView(LabeledViewFixtures.view(1, 7));
    producer.flush();

    // when
    assertThatThrownBy(() -> start(""))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "student: cnn does not fit the teacher behind the newest records of labeled-"
                + suffix
                + ": expected classification with 5 classes, was classification with 7 classes");
  }

  @Test
  void shouldStartIfTheNewestRecordAloneIsOfAnotherTask() throws Exception {
    // given: the teacher's records, and after them one that somebody else wrote
    suffix = CLUSTER.topics(1);
    send(0, BATCH);
    LabeledView other = LabeledViewFixtures.view(BATCH);
    other.setLogits(null);
    other.setEmbedding(new Embedding(1, ByteBuffer.allocate(2)));
    sendView(other);
    producer.flush();

    // when
    TrainerService trainer = start("");
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == BATCH);
    await()
        .atMost(PATIENCE)
        .until(() -> meters.get("student.rejected").tag("reason", "task").counter().count() == 1);
    trainer.close();

    // then
    assertThat(reasons()).containsExactly("task");
  }

  @Test
  void shouldNameAMissingTopic() {
    // given
    suffix = "missing";

    // when
    assertThatThrownBy(() -> start("start: {max-wait: 1s}\n"))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.labeled-views: there is no topic labeled-missing");
  }

  @Test
  void shouldForgetAnImageInMemoryAndOnDiskAndNotLetItInAgain() throws Exception {
    // given: a checkpoint that holds it
    suffix = CLUSTER.topics(1);
    send(0, 80);
    TrainerService before = start("");
    await().atMost(PATIENCE).until(() -> before.viewsSeen() == 80);
    before.close();
    assertThat(buffers()).anyMatch(buffer -> holds(buffer, "image-7"));

    // when: it is asked for while nobody trains
    forget("image-7");
    TrainerService trainer = start("");

    // then: none is left anywhere
    await().atMost(PATIENCE).until(() -> forgotten().size() == 1);
    assertThat(forgotten().get(0)).containsEntry("views", "2").containsEntry("request", "0@0");
    assertThat(buffers()).hasSize(3).noneMatch(buffer -> holds(buffer, "image-7"));
    assertThat(segments()).isNotEmpty().noneMatch(segment -> holds(segment, "image-7"));
    assertThat(buffers()).allMatch(buffer -> holds(buffer, "image-9"));

    // when: another one is asked for while it trains, and views of both come again
    forget("image-9");
    await().atMost(PATIENCE).until(() -> forgotten().size() == 2);
    assertThat(buffers()).hasSize(3).noneMatch(buffer -> holds(buffer, "image-9"));
    assertThat(segments()).isNotEmpty().noneMatch(segment -> holds(segment, "image-9"));
    send(14, 16);
    send(18, 20);
    send(80, 96);
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 96);
    trainer.close();

    // then: they are not trained on, and nothing is told twice
    assertThat(meters.get("student.forgotten.views").counter().count()).isEqualTo(8);
    assertThat(buffers()).noneMatch(buffer -> holds(buffer, "image-7") || holds(buffer, "image-9"));
    TrainerService after = start("");
    after.close();
    assertThat(after.viewsSeen()).isEqualTo(96);
    assertThat(forgotten()).hasSize(2);
  }

  private void forget(String imageId) throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                "forgotten-" + suffix, ImageIdHash.of(imageId).bytes(), new byte[] {1}))
        .get();
  }

  /** What trainers have told of images that were to be forgotten. */
  private List<Map<String, String>> forgotten() {
    return read("events-" + suffix, StudentEvent.class).stream()
        .filter(event -> event.getKind() == StudentEventKind.FORGOTTEN)
        .map(StudentEvent::getDetails)
        .toList();
  }

  /** The buffers of all checkpoints. */
  private List<byte[]> buffers() throws IOException {
    List<byte[]> buffers = new ArrayList<>();
    for (Path path : files("checkpoints")) {
      if (path.endsWith("buffer-index.bin")) {
        buffers.add(TrainerDirectoryReader.buffer(path.getParent()));
      }
    }
    return buffers;
  }

  /** The content of all segments, whether a checkpoint needs all of it or not. */
  private List<byte[]> segments() throws IOException {
    List<byte[]> segments = new ArrayList<>();
    for (Path path : files("checkpoints/segments")) {
      segments.add(Files.readAllBytes(path));
    }
    return segments;
  }

  private List<Path> files(String where) throws IOException {
    try (Stream<Path> paths = Files.walk(directory.resolve(where))) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  private static boolean holds(byte[] buffer, String imageId) {
    byte[] number =
        ByteBuffer.allocate(Long.BYTES).putLong(ImageIdHash.of(imageId).number()).array();
    return new String(buffer, ISO_8859_1).contains(new String(number, ISO_8859_1));
  }

  /** Views number {@code from} to {@code to − 1}, dealt to partitions by image. */
  private void send(int from, int to) {
    for (int i = from; i < to; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    producer.flush();
  }

  private void sendTo(int partition, long timestamp, LabeledView view) {
    String topic = "labeled-" + suffix;
    byte[] value = writer.serialize(topic, view);
    Future<?> unused =
        producer.send(new ProducerRecord<>(topic, partition, timestamp, new byte[] {1}, value));
  }

  private double views(String origin) {
    return meters.get("student.views").tag("origin", origin).counter().count();
  }

  private List<StudentRelease> releases() {
    return read("releases-" + suffix, StudentRelease.class);
  }

  private List<String> reasons() {
    return records("letters-" + suffix).stream()
        .map(record -> new String(record.headers().lastHeader("stillstream.reason").value(), UTF_8))
        .toList();
  }
}
