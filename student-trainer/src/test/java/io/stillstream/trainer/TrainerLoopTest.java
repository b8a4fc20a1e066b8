package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.trainer.status.TrainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop with mock clients and a student that counts: what it trains, saves and shows. */
@Timeout(60)
class TrainerLoopTest {
  private static final String TOPIC = "labeled-views";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final String BATCH_OF_4 = "batch: {size: 4, max-delay: 1h}\nupdates: 1\n";

  @TempDir Path directory;
  private TrainerFixture fixture;
  private TrainerFixture.Run run;

  @BeforeEach
  void open() throws IOException {
    fixture = new TrainerFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    run.close();
    fixture.close();
  }

  @Test
  void shouldTrainFullBatchesAndSaveThemAtAStop() throws Exception {
    // given
    begin(BATCH_OF_4);
    addViews(0, 10);

    // when
    runUntil(status -> status.viewsSeen() == 8);

    // then: the views of the third batch are read again after the next start
    JsonNode saved = saved();
    assertThat(saved.get("viewsSeen").asLong()).isEqualTo(8);
    assertThat(saved.get("steps").asLong()).isEqualTo(2);
    assertThat(saved.get("offsets").get("0").asLong()).isEqualTo(8);
    assertThat(run.monitor().status().get())
        .isEqualTo(new TrainerStatus(2, 8, 1, false, true, 2, 2));
    assertThat(topics()).contains("student-releases");
  }

  @Test
  void shouldCountWhatAugmentationDoesToTheAnswersOfFreshViews() throws Exception {
    // given: a student that says 0, and gets further updates on seen views
    begin("batch: {size: 4, max-delay: 1h}\nupdates: 3\n");
    addViews(0, 8);

    // when
    runUntil(status -> status.viewsSeen() == 8);

    // then: each view counts once; every second one is an original, of which the teacher is right
    List<AugmentationRow> rows = run.monitor().augmentation().rows();
    assertThat(rows)
        .extracting(AugmentationRow::key)
        .containsExactly(OperationStrength.ORIGINAL, OperationStrength.AUGMENTED);
    assertThat(rows).extracting(row -> row.views()).containsOnly(4L);
    assertThat(rows).extracting(row -> row.student().views()).containsOnly(4L);
    assertThat(rows).extracting(row -> row.teacher().views()).containsExactly(0L, 4L);
    assertThat(rows.get(0).correct()).isEqualTo(4);
  }

  @Test
  void shouldTrainViewsThatHaveWaitedTooLong() throws Exception {
    // given
    begin("batch: {size: 4, max-delay: 1ms}\nupdates: 1\n");
    addViews(0, 6);

    // when
    runUntil(status -> status.viewsSeen() == 6);

    // then
    assertThat(saved().get("offsets").get("0").asLong()).isEqualTo(6);
  }

  @Test
  void shouldContinueFromTheCheckpoint() throws Exception {
    // given
    begin(BATCH_OF_4);
    addViews(0, 4);
    runUntil(status -> status.viewsSeen() == 4);
    run.close();

    // when
    begin(BATCH_OF_4);

    // then
    assertThat(run.consumer().position(PARTITION)).isEqualTo(4);
    assertThat(run.monitor().status().get())
        .isEqualTo(new TrainerStatus(1, 4, 1, true, false, 0, 0));

    // when
    addViews(4, 8);
    runUntil(status -> status.viewsSeen() == 8);

    // then: the gate has compared the two originals of the batch
    assertThat(saved().get("steps").asLong()).isEqualTo(2);
    assertThat(saved().get("contest").get("verdict").get("images").asInt()).isEqualTo(2);
    assertThat(run.releases().versions()).containsExactly(1L, 2L);
  }

  @Test
  void shouldSendABadRecordToDeadLettersAndReadOn() throws Exception {
    // given
    begin(BATCH_OF_4);
    run.consumer().addRecord(new ConsumerRecord<>(TOPIC, 0, 0, new byte[0], new byte[] {7}));
    addViews(1, 5);

    // when
    runUntil(status -> status.viewsSeen() == 4);

    // then
    assertThat(topics()).containsOnlyOnce("dead-letters");
    assertThat(saved().get("offsets").get("0").asLong()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void shouldDoTheSameWithThreadsThatDecodeAhead(int threads) throws Exception {
    // given: what it trains, refuses and saves without them
    List<String> alone = trainWithDamagedViews(directory.resolve("alone"), 0);
    assertThat(alone).filteredOn(line -> line.startsWith("dead letter")).hasSize(6);
    assertThat(alone).filteredOn(line -> line.startsWith("step")).hasSize(45);

    // when
    List<String> ahead = trainWithDamagedViews(directory.resolve("ahead"), threads);

    // then
    assertThat(ahead).isEqualTo(alone);
  }

  /** Fifteen batches of 4, and between them records that are no views, or cannot be decoded. */
  private List<String> trainWithDamagedViews(Path state, int threads) throws Exception {
    fixture.close();
    fixture = new TrainerFixture(Files.createDirectories(state));
    begin(
        "batch: {size: 4, max-delay: 1h}\nupdates: 3\nreplay: {horizontal-flip: true}\n"
            + "decode: {threads: %d}\n".formatted(threads));
    run.consumer().updateEndOffsets(Map.of(PARTITION, 66L));
    for (int offset = 0; offset < 66; offset++) {
      run.consumer().addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], value(offset)));
    }
    runUntil(status -> status.viewsSeen() == 60);
    List<String> seen = new ArrayList<>(run.batches());
    fixture.sent().history().stream()
        .filter(record -> record.topic().equals("dead-letters"))
        .map(
            record ->
                "dead letter %s of %s"
                    .formatted(
                        header(record, DeadLetterFactory.REASON),
                        header(record, DeadLetterFactory.OFFSET)))
        .forEach(seen::add);
    run.close();
    Path newest = TrainerDirectoryReader.newest(state).orElseThrow();
    seen.add(TrainerDirectoryReader.state(newest).get("offsets").toString());
    return seen;
  }

  private byte[] value(int offset) {
    if (offset % 26 == 9) {
      return new byte[] {7};
    }
    LabeledView view = LabeledViewFixtures.view(offset);
    if (offset % 26 == 5) {
      view.getView().setEncoding(PixelEncoding.PNG);
    }
    return run.serialized(view);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String key) {
    return new String(record.headers().lastHeader(key).value(), UTF_8);
  }

  @Test
  void shouldReplayWhileNoViewsWait() throws Exception {
    // given
    begin("batch: {size: 4, max-delay: 1h}\nupdates: {min: 1, max: 3}\n");
    addViews(0, 4);

    // when
    runUntil(status -> status.steps() == 3);

    // then
    assertThat(saved().get("steps").asLong()).isEqualTo(3);
    assertThat(saved().get("viewsSeen").asLong()).isEqualTo(4);
  }

  @Test
  void shouldRequestReviewsOnceTheirCheckpointIsDurable() throws Exception {
    // given: a student that says 0, of images without labels
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    fixture.clock(now::get);
    begin(BATCH_OF_4 + "review: {per-minute: 2, unsure-below: 1}\n");
    run.consumer().updateEndOffsets(Map.of(PARTITION, 8L));
    for (int offset = 0; offset < 8; offset++) {
      LabeledView view = LabeledViewFixtures.view(offset);
      view.getView().setLabel(null);
      view.getView().getLineage().setPayloadUri("s3://pictures/" + offset / 2);
      byte[] key = view.getView().getLineage().getImageId().getBytes(UTF_8);
      run.consumer().addRecord(new ConsumerRecord<>(TOPIC, 0, offset, key, run.serialized(view)));
    }

    // when: the minute ends after the views, and the checkpoint of the stop comes after it
    runUntil(
        status -> {
          boolean isOver = now.get().isAfter(Instant.EPOCH);
          if (status.viewsSeen() == 8) {
            now.set(Instant.EPOCH.plusSeconds(60));
          }
          return isOver;
        });
    run.close();

    // then
    List<String> requested = reviewed();
    assertThat(requested).hasSize(2).doesNotHaveDuplicates();
    ReviewRequest first = reviews().get(0);
    String uri = "s3://pictures/" + first.getImageId().substring("image-".length());
    assertThat(first.getPayloadUri()).isEqualTo(uri);
    assertThat(first.getStep()).isBetween(0L, 1L);

    // when: the next start finds them in the topic
    begin(BATCH_OF_4 + "review: {per-minute: 2, unsure-below: 1}\n");
    AtomicInteger polls = new AtomicInteger();
    runUntil(status -> polls.incrementAndGet() > 3);
    run.close();

    // then
    assertThat(reviewed()).isEqualTo(requested);
  }

  private List<String> reviewed() {
    return reviews().stream().map(ReviewRequest::getImageId).toList();
  }

  private List<ReviewRequest> reviews() {
    return fixture.sent().history().stream()
        .filter(record -> record.topic().equals("review-requests"))
        .map(record -> fixture.read(record, ReviewRequest.class))
        .toList();
  }

  @Test
  void shouldGoOnWhenBrokersRefuseForAWhile() throws Exception {
    // given
    begin(BATCH_OF_4);
    addViews(0, 4);
    run.consumer().setPollException(new TopicAuthorizationException(TOPIC));

    // when
    runUntil(status -> status.viewsSeen() == 4);

    // then
    assertThat(saved().get("viewsSeen").asLong()).isEqualTo(4);
  }

  @Test
  void shouldEndOnOtherFailuresOfTheClient() throws Exception {
    // given
    begin(BATCH_OF_4);
    run.consumer().setPollException(new KafkaException("broken"));

    // then
    assertThatThrownBy(() -> run.loop().run()).hasMessage("broken");
  }

  private void begin(String settings) throws IOException {
    run = fixture.open(settings, Optional.empty());
    run.consumer().updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    run.consumer().updateBeginningOffsets(Map.of(PARTITION, 0L));
    run.consumer().updateEndOffsets(Map.of(PARTITION, 10L));
    run.loop().begin();
  }

  private void addViews(int from, int to) {
    run.consumer().updateEndOffsets(Map.of(PARTITION, (long) to));
    for (int offset = from; offset < to; offset++) {
      byte[] value = run.serialized(LabeledViewFixtures.view(offset));
      run.consumer().addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], value));
    }
  }

  private void runUntil(Predicate<TrainerStatus> reached) throws InterruptedException {
    stopWhen(reached);
    run.loop().run();
  }

  /** Checks before each poll. */
  private void stopWhen(Predicate<TrainerStatus> reached) {
    run.consumer()
        .schedulePollTask(
            () -> {
              if (reached.test(run.monitor().status().get())) {
                run.stop();
              } else {
                stopWhen(reached);
              }
            });
  }

  private JsonNode saved() throws IOException {
    return TrainerDirectoryReader.state(TrainerDirectoryReader.newest(directory).orElseThrow());
  }

  private List<String> topics() {
    return fixture.sent().history().stream().map(record -> record.topic()).toList();
  }
}
