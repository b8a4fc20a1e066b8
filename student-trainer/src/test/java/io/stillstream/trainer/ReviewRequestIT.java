package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.review.ReviewState;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Requests for review through a broker, and across the end of a trainer. */
class ReviewRequestIT extends TrainerTestBase {
  private static final int PER_MINUTE = 20;
  private static final int IMAGES = 5 * BATCH;

  /** Every student is unsure then, so that there are images to request. */
  private static final String REVIEW =
      "review: {per-minute: %d, unsure-below: 1}\n".formatted(PER_MINUTE);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.ofEpochSecond(60 * (System.currentTimeMillis() / 60_000)));

  @Test
  void shouldRequestEachImageOnceThoughTheTrainerEndsInTheMiddle() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    sendUnlabelled(0, IMAGES);
    Path first = directory.resolve("first");
    Path crashed = directory.resolve("crashed");
    Path behind = directory.resolve("behind");

    // when: a minute ends, and a copy is made of the directory as a crash would leave it
    try (TrainerService trainer = startReviewing(first, suffix)) {
      await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 2 * IMAGES);
      assertThat(records("reviews-" + suffix)).isEmpty();
      nextMinute();
      await().atMost(PATIENCE).until(() -> records("reviews-" + suffix).size() >= PER_MINUTE);
      copy(first, crashed);
      copy(first, behind);
    }

    // then: the checkpoint does not know that brokers have them
    List<ReviewRequest> requests = read("reviews-" + suffix, ReviewRequest.class);
    assertThat(requests).hasSize(PER_MINUTE);
    assertThat(images(suffix)).hasSize(PER_MINUTE);
    assertThat(requests)
        .allSatisfy(
            request -> {
              assertThat(request.getStudent()).isEqualTo("cnn");
              assertThat(request.getReason()).isNotEqualTo(ReviewReason.UNKNOWN);
              assertThat(request.getThumbnail()).isNotNull();
              assertThat(request.getRequestedAt()).isEqualTo(now.get());
            });
    assertThat(saved(crashed).waiting()).isEqualTo(requests);

    // when: the same images and others come again, after the crash
    sendUnlabelled(0, 2 * IMAGES);
    try (TrainerService trainer = startReviewing(crashed, suffix)) {
      assertThat(trainer.resumed()).isTrue();
      await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 6 * IMAGES);
      nextMinute();
      await().atMost(PATIENCE).until(() -> records("reviews-" + suffix).size() > PER_MINUTE);
    }

    // then
    assertThat(images(suffix)).hasSameSizeAs(records("reviews-" + suffix));

    // when: brokers have some of what the checkpoint names, and records of others
    String other = CLUSTER.topics(1);
    List<ConsumerRecord<byte[], byte[]>> all = records("reviews-" + suffix);
    for (ConsumerRecord<byte[], byte[]> record : all.subList(0, 7)) {
      send(other, record.key(), record.value());
    }
    ReviewRequest foreign = ReviewRequest.newBuilder(requests.get(8)).setStudent("fcn").build();
    try (RecordValueSerializer<ReviewRequest> requestWriter =
        new RecordValueSerializer<>(CLUSTER.kafka(), meters)) {
      send(
          other,
          foreign.getImageId().getBytes(UTF_8),
          requestWriter.serialize("reviews-" + other, foreign));
    }
    send(other, requests.get(9).getImageId().getBytes(UTF_8), new byte[] {7});
    send(other, null, new byte[] {7});
    send(other, requests.get(10).getImageId().getBytes(UTF_8), null);
    producer.flush();
    try (TrainerService trainer = startReviewing(behind, other)) {
      await().atMost(PATIENCE).until(() -> records("reviews-" + other).size() == 11 + 12);
      assertThat(trainer.steps()).isPositive();
    }

    // then: those that were missing follow, each once; a tombstone says that one was there
    assertThat(records("reviews-" + other).subList(11, 23))
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactlyElementsOf(
            Stream.concat(requests.subList(7, 10).stream(), requests.subList(11, 20).stream())
                .map(ReviewRequest::getImageId)
                .toList());
    assertThat(records("reviews-" + other)).hasSize(23);
  }

  @Test
  void shouldNeedTheTopicOnlyWhereItIsUsed() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    String settings =
        yaml(directory, suffix).replace("reviews-" + suffix, "nowhere")
            + "review: {per-minute: %d}\nstart: {max-wait: 1s}\n";

    // then
    assertThatThrownBy(() -> service(settings.formatted(1)).start())
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("review-requests")
        .hasMessageContaining("nowhere");

    // when
    try (TrainerService trainer = service(settings.formatted(0))) {
      trainer.start();

      // then
      assertThat(trainer.steps()).isZero();
    }
  }

  private TrainerService service(String yaml) {
    return new TrainerService(
        YamlSettings.parse(yaml, TrainerConfig.class, Map.of()), meters, now::get);
  }

  private TrainerService startReviewing(Path where, String topics) {
    // Its offsets are of the topic that it has read first.
    String yaml = yaml(where, topics).replace("labeled-" + topics, "labeled-" + suffix);
    TrainerService trainer = service(yaml + REVIEW);
    try {
      trainer.start();
    } catch (RuntimeException e) {
      trainer.close();
      throw e;
    }
    return trainer;
  }

  private static String yaml(Path where, String topics) {
    return CLUSTER.yaml(topics)
        + """
        student: src/test/resources/students/cnn
        directory: %s
        batch: {size: %d}
        updates: 1
        buffer: {views: 100}
        checkpoint: {every: 50ms}
        release: {on-stop: false}
        """
            .formatted(where, BATCH);
  }

  /** Two views of each image; without labels. */
  private void sendUnlabelled(int from, int to) {
    for (int i = 2 * from; i < 2 * to; i++) {
      LabeledView view = LabeledViewFixtures.view(i);
      view.getView().setLabel(null);
      sendView(view);
    }
    producer.flush();
  }

  private void send(String topics, byte[] key, byte[] value) {
    Future<?> unused = producer.send(new ProducerRecord<>("reviews-" + topics, key, value));
  }

  private void nextMinute() {
    now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(1)));
  }

  private static Set<String> images(String topics) {
    Set<String> images = new TreeSet<>();
    records("reviews-" + topics).forEach(record -> images.add(new String(record.key(), UTF_8)));
    return images;
  }

  private static ReviewState saved(Path where) throws IOException {
    try (DataInputStream in =
        new DataInputStream(Files.newInputStream(newest(where).resolve(ReviewState.FILE)))) {
      return ReviewState.read(in);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
