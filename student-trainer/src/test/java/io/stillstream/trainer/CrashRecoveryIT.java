package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.LabeledView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer that is killed with SIGKILL again and again, at random moments, ends with exactly what
 * one that nobody touches ends with. {@code -Dkill.times=20} is the long form, {@code -Dkill.seed}
 * repeats its moments as far as that can be.
 */
class CrashRecoveryIT {
  @RegisterExtension static final TrainerTestCluster CLUSTER = new TrainerTestCluster();
  private static final Logger LOG = LoggerFactory.getLogger(CrashRecoveryIT.class);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int KILLS = Integer.getInteger("kill.times", 2);
  private static final int BATCH = 16;
  private static final int UPDATES = 4;
  private static final int BATCHES_PER_LIFE = 60;

  /** The student whose labels come apart. */
  private static final String LABELLED_LATER = "cnn";

  /** By the student that they are for. */
  private static final Map<String, LongFunction<LabeledView>> VIEWS =
      Map.of(
          "dropout",
          LabeledViewFixtures::view,
          "fcn",
          LabeledViewFixtures::masked,
          LABELLED_LATER,
          LabeledViewFixtures::unlabelled);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Young enough for the topics' retention. */
  private static final long BEGIN = System.currentTimeMillis();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"dropout", "fcn", LABELLED_LATER})
  void shouldEndWithTheSameWeightsHoweverOftenItIsKilled(String student) throws Exception {
    // given
    int batches = BATCHES_PER_LIFE * (KILLS + 1);
    String suffix = CLUSTER.topics(2);
    send(CLUSTER, "labeled-" + suffix, batches * BATCH, VIEWS.get(student));
    if (student.equals(LABELLED_LATER)) {
      sendLabels(suffix, batches * BATCH);
    }
    Path straight = directory.resolve("straight");
    try (JavaProcess trainer = start(student, suffix, straight, "500ms")) {
      finish(trainer, straight, batches);
    }
    long seed = Long.getLong("kill.seed", System.nanoTime());
    LOG.atInfo().addKeyValue("kills", KILLS).addKeyValue("seed", seed).log("Killing");
    Random random = new Random(seed);

    // when
    Path killed = directory.resolve("killed");
    for (int kill = 0; kill < KILLS; kill++) {
      long from = TrainerDirectoryReader.views(killed);
      try (JavaProcess trainer = start(student, suffix, killed, "20ms")) {
        // Most of a start is reading files, the rest of its life is training and writing. Each life
        // gets as far as a checkpoint, or it would not count as one.
        long enough = from + (long) BATCH * (1 + random.nextInt(BATCHES_PER_LIFE - 1));
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> TrainerDirectoryReader.views(killed) >= enough || !trainer.isAlive());
        TimeUnit.MICROSECONDS.sleep(random.nextInt(50_000));
        trainer.requireAlive();
        trainer.kill();
      }
    }
    try (JavaProcess trainer = start(student, suffix, killed, "20ms")) {
      finish(trainer, killed, batches);
    }

    // then
    Path expected = TrainerDirectoryReader.newest(straight).orElseThrow();
    Path actual = TrainerDirectoryReader.newest(killed).orElseThrow();
    assertThat(Files.readString(killed.resolve("epoch"))).startsWith((KILLS + 1) + " ");
    for (String file : List.of("weights.pt", "average.pt")) {
      assertThat(TrainerDirectoryReader.tensors(actual.resolve(file)))
          .isEqualTo(TrainerDirectoryReader.tensors(expected.resolve(file)));
    }
    assertThat(actual.resolve("optimiser.bin"))
        .hasSameBinaryContentAs(expected.resolve("optimiser.bin"));
    assertThat(TrainerDirectoryReader.buffer(actual))
        .isEqualTo(TrainerDirectoryReader.buffer(expected));
    JsonNode state = TrainerDirectoryReader.state(actual);
    assertThat(state.get("viewsSeen").asLong()).isEqualTo((long) batches * BATCH);
    assertThat(state.get("offsets"))
        .isEqualTo(TrainerDirectoryReader.state(expected).get("offsets"));
    assertThat(state.get("window")).isEqualTo(TrainerDirectoryReader.state(expected).get("window"));
    assertThat(state.get("labels")).isEqualTo(TrainerDirectoryReader.state(expected).get("labels"));
    assertThat(state.get("labels")).hasSize(student.equals(LABELLED_LATER) ? 2 : 0);
    assertLedger(killed, batches);
  }

  /** Every step is there once, and says the same of where it comes from. */
  private void assertLedger(Path trainer, int batches) throws IOException {
    List<String> lines = TrainerDirectoryReader.ledger(trainer);
    List<String> expected = TrainerDirectoryReader.ledger(directory.resolve("straight"));
    assertThat(trainer.resolve("ledger")).isNotEmptyDirectory();
    assertThat(lines).hasSize(batches);
    for (int i = 0; i < batches; i++) {
      assertThat(JSON.readTree(lines.get(i)).get("first_step").asLong())
          .isEqualTo((long) UPDATES * i + 1);
      assertThat(withoutEpoch(lines.get(i))).isEqualTo(withoutEpoch(expected.get(i)));
    }
  }

  private static String withoutEpoch(String line) {
    return line.replaceFirst("\"epoch\":\\d+,\"time\":\"[^\"]+\"", "")
        .replaceFirst(",\"crc32c\":\"\\w+\"", "");
  }

  private void finish(JavaProcess trainer, Path where, int batches) throws Exception {
    Path ledger = where.resolve("ledger.jsonl");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                TrainerDirectoryReader.views(where) == (long) batches * BATCH
                    || !trainer.isAlive());
    trainer.requireAlive();
    trainer.terminate();
    assertThat(ledger).isRegularFile();
  }

  /** Without rollbacks: where they go back to depends on when a checkpoint was made. */
  private JavaProcess start(String student, String suffix, Path where, String every)
      throws IOException {
    Path config = directory.resolve("trainer.yaml");
    Files.writeString(
        config,
        CLUSTER.yaml(suffix)
            + """
            student: %s
            directory: %s
            batch: {size: %d}
            updates: %d
            buffer: {views: 300, views-per-image: 1}
            replay: {horizontal-flip: true}
            checkpoint: {every: %s}
            ledger: {segment-bytes: 4096}
            guard: {spike-factor: 1000000}
            release: {every-steps: 100}
            labels: {enabled: %s}
            management: {host: 127.0.0.1, port: 0}
            """
                .formatted(
                    Path.of("src/test/resources/students", student).toAbsolutePath(),
                    where,
                    BATCH,
                    UPDATES,
                    every,
                    student.equals(LABELLED_LATER)));
    return TrainerProcess.start(config, directory.resolve("output.log"));
  }

  /** Labels of half of the images, each up to a hundred views after its image. */
  private static void sendLabels(String suffix, int views) {
    String topic = "labels-" + suffix;
    Random random = new Random(3);
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(CLUSTER.kafka(), Map.of()));
        RecordValueSerializer<ImageLabel> writer =
            new RecordValueSerializer<>(CLUSTER.kafka(), new SimpleMeterRegistry())) {
      for (int image = 0; image < views / 2 - 60; image += 2) {
        ImageLabel label =
            ImageLabel.newBuilder()
                .setImageId("image-" + image)
                .setLabel(random.nextInt(5))
                .setSource("test")
                .setLabeledAt(Instant.EPOCH)
                .build();
        long timestamp = BEGIN - views + 2L * image + random.nextInt(100);
        Future<?> unused =
            producer.send(
                new ProducerRecord<>(
                    topic, image / 2 % 2, timestamp, null, writer.serialize(topic, label)));
      }
      producer.flush();
    }
  }

  static void send(TrainerTestCluster cluster, String topic, int count) {
    send(cluster, topic, count, LabeledViewFixtures::view);
  }

  private static void send(
      TrainerTestCluster cluster, String topic, int count, LongFunction<LabeledView> views) {
    long begin = BEGIN - count;
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(cluster.kafka(), Map.of()));
        RecordValueSerializer<LabeledView> writer =
            new RecordValueSerializer<>(cluster.kafka(), new SimpleMeterRegistry())) {
      for (int i = 0; i < count; i++) {
        byte[] value = writer.serialize(topic, views.apply(i));
        long timestamp = begin + i;
        Future<?> unused =
            producer.send(new ProducerRecord<>(topic, i / 2 % 2, timestamp, null, value));
      }
      producer.flush();
    }
  }
}
