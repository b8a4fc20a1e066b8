package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.status.TrainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The loop with views without labels and labels that come apart, in partitions out of step and
 * partly before, partly after their images: all batches that a student sees depend on the records
 * alone.
 */
@Timeout(120)
class LabelOrderTest {
  private static final String VIEWS = "labeled-views";
  private static final String LABELS = "labels";
  private static final int BATCH = 4;
  private static final int BATCHES = 30;
  private static final int CLASSES = 5;
  private static final int LABEL_PARTITIONS = 2;
  private static final String SETTINGS =
      """
      batch: {size: %d, max-delay: 1h}
      updates: 3
      buffer: {views: 60}
      replay: {horizontal-flip: true}
      evaluation: {images: 40}
      release: {every-steps: 1000000}
      """
          .formatted(BATCH);
  private static final String ENABLED = "labels: {enabled: true, images: 1000}\n";

  @TempDir Path directory;

  /** What a student saw in one run or several, and what is left of it. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its content
  private record Seen(
      List<String> batches, Map<String, Double> labels, JsonNode state, byte[] buffer) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void shouldTrainTheSameWithThreadsThatDecodeAhead(int threads) throws Exception {
    // given
    Seen alone = run("alone", ENABLED + "decode: {threads: 0}\n", BATCHES);

    // when
    Seen ahead = run("ahead", ENABLED + "decode: {threads: %d}\n".formatted(threads), BATCHES);

    // then
    assertSame(ahead, alone);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void shouldTrainTheSameHoweverItIsInterrupted(int threads) throws Exception {
    // given
    String settings = ENABLED + "decode: {threads: %d}\n".formatted(threads);
    Seen straight = run("straight", settings, BATCHES);
    Random random = new Random(7);

    for (int trial = 0; trial < 4; trial++) {
      // when: it stops with views in the queue, and labels between them that are applied
      int[] stops =
          IntStream.concat(random.ints(5, 1, BATCHES), IntStream.of(BATCHES)).sorted().toArray();
      Seen broken = run("broken-" + trial, settings, stops);

      // then
      assertSame(broken, straight);
    }
  }

  @Test
  void shouldTrainOtherBatchesWithLabelsThanWithout() throws Exception {
    // when
    Seen with = run("with", ENABLED, BATCHES);
    Seen without = run("without", "", BATCHES);

    // then
    assertThat(with.batches()).hasSameSizeAs(without.batches()).isNotEqualTo(without.batches());
    assertThat(with.state().get("labels")).hasSize(LABEL_PARTITIONS);
    assertThat(without.state().get("labels")).isEmpty();
    assertThat(with.labels()).containsOnlyKeys("early", "late", "teacher", "unmatched");
    assertThat(with.labels().get("early")).isPositive();
    assertThat(with.labels().get("late")).isPositive();
    assertThat(without.labels()).isEmpty();
    Path checkpoint = TrainerDirectoryReader.newest(directory.resolve("without")).orElseThrow();
    assertThat(checkpoint.resolve("labels.bin")).doesNotExist();
  }

  private static void assertSame(Seen actual, Seen expected) {
    assertThat(actual.batches()).isEqualTo(expected.batches());
    // Each label counts once, although some are read again.
    assertThat(actual.labels()).isEqualTo(expected.labels());
    for (String field : List.of("steps", "viewsSeen", "offsets", "labels", "window", "watch")) {
      assertThat(actual.state().get(field)).as(field).isEqualTo(expected.state().get(field));
    }
    assertThat(actual.buffer()).isEqualTo(expected.buffer());
  }

  /** Runs that stop after so many batches, one after the other. */
  private Seen run(String name, String settings, int... stops) throws Exception {
    Path state = Files.createDirectories(directory.resolve(name));
    List<String> batches = new ArrayList<>();
    Map<String, Double> labels = new TreeMap<>();
    try (TrainerFixture fixture = new TrainerFixture(state)) {
      for (int stop : stops) {
        try (TrainerFixture.Run run = fixture.open(SETTINGS + settings, Optional.empty())) {
          prepare(run.consumer());
          run.loop().begin();
          addRecords(run, settings.contains("enabled"));
          stopWhen(run, status -> status.viewsSeen() >= (long) stop * BATCH);
          run.loop().run();
          batches.addAll(run.batches());
        }
      }
      fixture
          .meters()
          .find("student.labels")
          .counters()
          .forEach(counter -> labels.put(counter.getId().getTag("match"), counter.count()));
    }
    Path newest = TrainerDirectoryReader.newest(state).orElseThrow();
    return new Seen(
        batches,
        labels,
        TrainerDirectoryReader.state(newest),
        TrainerDirectoryReader.buffer(newest));
  }

  private static void prepare(MockConsumer<byte[], byte[]> consumer) {
    partitions(consumer, VIEWS, 1, BATCHES * BATCH);
    partitions(consumer, LABELS, LABEL_PARTITIONS, BATCHES * BATCH / 2);
  }

  private static void partitions(
      MockConsumer<byte[], byte[]> consumer, String topic, int count, long end) {
    List<PartitionInfo> infos = new ArrayList<>();
    for (int partition = 0; partition < count; partition++) {
      infos.add(new PartitionInfo(topic, partition, null, null, null));
      TopicPartition each = new TopicPartition(topic, partition);
      consumer.updateBeginningOffsets(Map.of(each, 0L));
      consumer.updateEndOffsets(Map.of(each, end));
    }
    consumer.updatePartitions(topic, infos);
  }

  private static void addRecords(TrainerFixture.Run run, boolean withLabels) throws IOException {
    for (int offset = 0; offset < BATCHES * BATCH; offset++) {
      LabeledView view = LabeledViewFixtures.unlabelled(offset);
      // Times of a partition are not in order either.
      add(run, VIEWS, 0, offset, 1000 + 10L * offset + 17L * (offset % 3), run.serialized(view));
    }
    for (int partition = 0; withLabels && partition < LABEL_PARTITIONS; partition++) {
      Random random = new Random(partition);
      for (int offset = 0; offset < BATCHES * BATCH / 2; offset++) {
        // Of images just seen, seen long ago, not seen yet, that never come, and some twice.
        int image = Math.max(0, offset - random.nextInt(20) + 5);
        ImageLabel label =
            ImageLabel.newBuilder()
                .setImageId("image-" + image)
                .setLabel(random.nextInt(CLASSES))
                .setSource("test")
                .setLabeledAt(Instant.EPOCH)
                .build();
        long time = 1000 + 20L * offset + random.nextInt(90);
        add(run, LABELS, partition, offset, time, run.serialized(label));
      }
    }
  }

  private static void add(
      TrainerFixture.Run run, String topic, int partition, long offset, long time, byte[] value) {
    run.consumer()
        .addRecord(
            new ConsumerRecord<>(
                topic,
                partition,
                offset,
                time,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                new byte[0],
                value,
                new RecordHeaders(),
                Optional.empty()));
  }

  /** Checks before each poll. */
  private static void stopWhen(TrainerFixture.Run run, Predicate<TrainerStatus> reached) {
    run.consumer()
        .schedulePollTask(
            () -> {
              if (reached.test(run.monitor().status().get())) {
                run.stop();
              } else {
                stopWhen(run, reached);
              }
            });
  }
}
