package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trainer whose machine is lost goes on from the store, in an empty directory, and ends with
 * exactly what one that nobody touches ends with.
 */
class ReplicaRecoveryIT {
  @RegisterExtension static final TrainerTestCluster CLUSTER = new TrainerTestCluster();
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int BATCH = 16;
  private static final int BATCHES = 60;
  private static final int VIEWS = BATCH * BATCHES;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void shouldGoOnElsewhereAsIfNothingHadHappened() throws Exception {
    // given
    String suffix = CLUSTER.topics(2);
    CrashRecoveryIT.send(CLUSTER, "labeled-" + suffix, VIEWS);
    Path straight = directory.resolve("straight");
    try (JavaProcess trainer = start(suffix, straight, "")) {
      finish(trainer, straight);
    }
    try (S3ProxyProcess server =
        S3ProxyProcess.start(directory.resolve("server"), directory.resolve("data"), false)) {
      String store =
          """
          store:
            endpoint: %s
            bucket: students
            credentials: {access-key: %s, secret-key: %s}
          """
              .formatted(server.endpoint(), S3ProxyProcess.ACCESS_KEY, S3ProxyProcess.SECRET_KEY);
      Path head = server.file("dropout/head.json");

      // when
      Path lost = directory.resolve("lost");
      try (JavaProcess trainer = start(suffix, lost, store)) {
        await().atMost(PATIENCE).until(() -> steps(head) > 0 || !trainer.isAlive());
        trainer.requireAlive();
        trainer.kill();
      }
      long copied = steps(head);
      Path restored = directory.resolve("restored");
      try (JavaProcess trainer = start(suffix, restored, store)) {
        finish(trainer, restored);
      }

      // then
      assertSame(restored, straight, copied);
      assertRelease(suffix, server);

      // when
      try (JavaProcess trainer = start(suffix, lost, store)) {
        await().atMost(PATIENCE).until(() -> !trainer.isAlive());
      }

      // then
      assertThat(directory.resolve("output.log"))
          .content()
          .contains("belongs to the training in another directory")
          .doesNotContain(S3ProxyProcess.SECRET_KEY);
    }
  }

  private void assertSame(Path actual, Path expected, long copied) throws IOException {
    Path one = TrainerDirectoryReader.newest(actual).orElseThrow();
    Path other = TrainerDirectoryReader.newest(expected).orElseThrow();
    for (String file : List.of("weights.pt", "average.pt")) {
      assertThat(TrainerDirectoryReader.tensors(one.resolve(file)))
          .isEqualTo(TrainerDirectoryReader.tensors(other.resolve(file)));
    }
    assertThat(one.resolve("optimiser.bin")).hasSameBinaryContentAs(other.resolve("optimiser.bin"));
    assertThat(TrainerDirectoryReader.buffer(one)).isEqualTo(TrainerDirectoryReader.buffer(other));
    for (String key : List.of("viewsSeen", "steps", "offsets", "window")) {
      assertThat(TrainerDirectoryReader.state(one).get(key))
          .isEqualTo(TrainerDirectoryReader.state(other).get(key));
    }
    List<JsonNode> lines = lines(actual);
    assertThat(lines)
        .filteredOn(line -> line.path("event").asText().equals("restored"))
        .singleElement()
        .satisfies(line -> assertThat(line.get("step").asLong()).isEqualTo(copied));
    assertThat(lines.stream().filter(line -> line.has("loss")).map(ReplicaRecoveryIT::told))
        .containsExactlyElementsOf(lines(expected).stream().map(ReplicaRecoveryIT::told).toList());
  }

  /** The last event names a copy, and the copy is what the event says. */
  private static void assertRelease(String suffix, S3ProxyProcess server) throws Exception {
    StudentRelease release = lastRelease("releases-" + suffix);
    String root = "s3://" + S3ProxyProcess.BUCKET + "/";
    assertThat(release.getUri()).startsWith(root + "dropout/runs/").endsWith("/");
    Path model = server.file(release.getUri().substring(root.length())).resolve("student.pt");
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(model));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(release.getSha256());
  }

  private static StudentRelease lastRelease(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(KafkaSettings.consumer(CLUSTER.kafka(), Map.of()));
        RecordValueDeserializer<StudentRelease> reader =
            new RecordValueDeserializer<>(
                StudentRelease.class, CLUSTER.kafka(), new SimpleMeterRegistry())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, consumer.endOffsets(List.of(partition)).get(partition) - 1);
      List<ConsumerRecord<byte[], byte[]>> records =
          await()
              .atMost(PATIENCE)
              .until(
                  () -> consumer.poll(Duration.ofMillis(100)).records(partition),
                  found -> !found.isEmpty());
      return reader.deserialize(topic, records.get(0).headers(), records.get(0).value());
    }
  }

  private static String told(JsonNode line) {
    return line.toString()
        .replaceFirst("\"epoch\":\\d+,\"time\":\"[^\"]+\"", "")
        .replaceFirst(",\"crc32c\":\"\\w+\"", "");
  }

  private static List<JsonNode> lines(Path trainer) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(trainer.resolve("ledger.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** Of the newest checkpoint in the store; 0 if there is none. */
  private static long steps(Path head) throws IOException {
    if (!Files.exists(head)) {
      return 0;
    }
    JsonNode node = JSON.readTree(Files.readAllBytes(head));
    return node.path("checkpoints").path(0).path("steps").asLong();
  }

  private void finish(JavaProcess trainer, Path where) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(() -> TrainerDirectoryReader.views(where) == VIEWS || !trainer.isAlive());
    trainer.requireAlive();
    trainer.terminate();
  }

  private JavaProcess start(String suffix, Path where, String store) throws IOException {
    Path config = directory.resolve("trainer.yaml");
    Files.writeString(
        config,
        CLUSTER.yaml(suffix)
            + """
            student: %s
            directory: %s
            batch: {size: %d}
            buffer: {views: 300}
            checkpoint: {every: 20ms}
            guard: {spike-factor: 1000000}
            release: {every-steps: 100}
            management: {host: 127.0.0.1, port: 0}
            %s\
            """
                .formatted(
                    Path.of("src/test/resources/students/dropout").toAbsolutePath(),
                    where,
                    BATCH,
                    store));
    return TrainerProcess.start(config, directory.resolve("output.log"));
  }
}
