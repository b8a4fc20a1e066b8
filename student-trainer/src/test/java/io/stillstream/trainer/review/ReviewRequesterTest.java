package io.stillstream.trainer.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ClassScore;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.trainer.TrainerFixture;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.ReviewSettings;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.ReviewRequestPublisher;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of five classes; the teacher always says class 0. */
class ReviewRequesterTest {
  private static final String TOPIC = "reviews";
  private static final Instant START = Instant.parse("2026-01-01T12:00:10Z");
  private static final float[] TEACHER = {5, 0, 0, 0, 0};
  private static final ReviewSettings TWO = settings(2, 10);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private Instant now = START;
  private final InstantSource clock = () -> now;
  private DevelopmentRegistry registry;
  private RecordValueSerializer<Object> writer;
  private AsyncRecordSender sender;
  private long nanos;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    writer = new RecordValueSerializer<>(kafka(), meters);
    sender =
        new AsyncRecordSender(writer, producer, List.of(TOPIC), meters, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    sender.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldRequestTheHighestOfEachMinuteOnceACheckpointRemembersThem() throws IOException {
    // given: of three images on which they differ, the student is surest of c, then of a
    ReviewRequester reviews = requester(TWO, ReviewState.NONE);
    offer(reviews, 40, image("a", 2), image("b", 1), image("c", 3));

    // when: the minute is over
    poll(reviews);
    assertThat(reviews.isUnsaved()).isFalse();
    now = START.plusSeconds(50);
    poll(reviews);

    // then: nothing leaves before it is in a durable checkpoint
    assertThat(reviews.isUnsaved()).isTrue();
    ReviewState state = capture(reviews);
    poll(reviews);
    assertThat(state.waiting()).extracting(ReviewRequest::getImageId).containsExactly("c", "a");
    assertThat(producer.history()).isEmpty();
    assertThat(meters.get("student.review.waiting").gauge().value()).isEqualTo(2);

    // when
    reviews.durable();

    // then
    awaitSent(2);
    assertThat(sent()).extracting(ReviewRequest::getImageId).containsExactly("c", "a");
    ReviewRequest first = sent().get(0);
    assertThat(first.getStudent()).isEqualTo("cnn");
    assertThat(first.getStep()).isEqualTo(40);
    assertThat(first.getReason()).isEqualTo(ReviewReason.DISAGREEMENT);
    assertThat(first.getPriority()).isBetween(2 / 3.0, 1.0);
    assertThat(first.getTeacherTop()).hasSize(3);
    assertThat(first.getTeacherTop().get(0).getIndex()).isZero();
    assertThat(first.getStudentTop())
        .extracting(ClassScore::getName)
        .startsWith(TrainerFixture.MODEL.classes().get(1));
    assertThat(first.getPayloadUri()).isEqualTo("s3://pictures/c");
    assertThat(ImageFileHeader.of(first.getThumbnail()).width()).isEqualTo(8);
    assertThat(first.getCapturedAt()).isEqualTo(Instant.EPOCH);
    assertThat(first.getRequestedAt()).isEqualTo(now);

    // when: brokers have them
    completeAll();
    poll(reviews);

    // then
    assertThat(capture(reviews).waiting()).isEmpty();
    assertThat(reviews.isUnsaved()).isFalse();
    poll(reviews);
    assertThat(meters.get("student.review.waiting").gauge().value()).isZero();
    assertThat(published("disagreement")).isEqualTo(2);
  }

  @Test
  void shouldNeverRequestAnImageTwice() throws IOException {
    // given: the same image twice in a minute, and in the next one
    ReviewRequester reviews = requester(TWO, ReviewState.NONE);
    offer(reviews, 1, image("a", 2), image("a", 3));
    nextMinute(reviews);
    offer(reviews, 2, image("a", 2));
    nextMinute(reviews);

    // then
    assertThat(imageIds(capture(reviews).waiting())).containsExactly("a");
    reviews.durable();

    // when: the next start, and the one after it
    ReviewRequester resumed = requester(TWO, capture(reviews));
    offer(resumed, 3, image("a", 2), image("b", 2));
    nextMinute(resumed);

    // then
    assertThat(imageIds(capture(resumed).waiting())).containsExactly("a", "b");
  }

  @Test
  void shouldSendAfterACrashWhatNoBrokerHas() throws IOException {
    // given: two requests in a durable checkpoint, of which brokers have the first
    ReviewRequester crashed = requester(TWO, ReviewState.NONE);
    offer(crashed, 1, image("a", 3), image("b", 2));
    nextMinute(crashed);
    ReviewState saved = capture(crashed);
    crashed.durable();
    awaitSent(2);
    producer.completeNext();

    // when: requested after the checkpoint, but never published
    offer(crashed, 2, image("c", 2));
    nextMinute(crashed);
    ReviewRequester resumed = requester(TWO, saved, Set.of(ImageIdHash.of("a").number()));
    poll(resumed);

    // then
    awaitSent(3);
    assertThat(sent()).extracting(ReviewRequest::getImageId).containsExactly("a", "b", "b");
    assertThat(sent().get(2)).isEqualTo(sent().get(1));
    offer(resumed, 2, image("a", 2), image("b", 2), image("c", 2));
    nextMinute(resumed);
    assertThat(imageIds(capture(resumed).waiting())).containsExactly("b", "c");
  }

  @Test
  void shouldRememberWhatWasPublishedAfterACheckpointThatIsLost() throws IOException {
    // given: training goes back to a checkpoint from before image a was requested
    ReviewRequester resumed =
        requester(TWO, ReviewState.NONE, Set.of(ImageIdHash.of("a").number()));

    // when
    offer(resumed, 1, image("a", 2));
    nextMinute(resumed);

    // then
    assertThat(capture(resumed).waiting()).isEmpty();
  }

  @Test
  void shouldGoOnWithTheMinuteOfTheCheckpoint() throws IOException {
    // given
    ReviewRequester stopped = requester(TWO, ReviewState.NONE);
    offer(stopped, 1, image("a", 1), image("b", 3));
    ReviewState saved = capture(stopped);
    assertThat(saved.waiting()).isEmpty();

    // when
    ReviewRequester resumed = requester(TWO, saved);
    offer(resumed, 2, image("c", 2));
    nextMinute(resumed);

    // then: two in the whole minute
    assertThat(imageIds(capture(resumed).waiting())).containsExactly("b", "c");
  }

  @Test
  void shouldKeepWaitingWhileBrokersAreAwayAndDropWhatIsTooMuch() throws IOException {
    // given
    ReviewRequester reviews = requester(settings(2, 3), ReviewState.NONE);
    offer(reviews, 1, image("a", 3), image("b", 2));
    nextMinute(reviews);
    ReviewState unused = capture(reviews);
    reviews.durable();
    awaitSent(2);
    producer.errorNext(new TimeoutException("away"));
    producer.errorNext(new TimeoutException("away"));

    // when: there is room for one of the next minute
    offer(reviews, 2, image("c", 3), image("d", 2));
    nextMinute(reviews);

    // then
    assertThat(imageIds(capture(reviews).waiting())).containsExactly("a", "b", "c");
    assertThat(meters.get("student.review.dropped").counter().count()).isEqualTo(1);

    // when: brokers are back; one is tried, then the others
    reviews.durable();
    await()
        .until(
            () -> {
              completeAll();
              poll(reviews);
              return capture(reviews).waiting().isEmpty();
            });

    // then: what was dropped may be requested at another time
    assertThat(published("disagreement")).isEqualTo(3);
    offer(reviews, 3, image("d", 2));
    nextMinute(reviews);
    assertThat(imageIds(capture(reviews).waiting())).containsExactly("d");
  }

  @Test
  void shouldDropErasedImagesWhereverTheyWait() throws IOException {
    // given: a is sent and unconfirmed, b waits for a checkpoint, c for the end of the minute
    ReviewRequester reviews = requester(TWO, ReviewState.NONE);
    offer(reviews, 1, image("a", 2));
    nextMinute(reviews);
    ReviewState unused = capture(reviews);
    reviews.durable();
    offer(reviews, 2, image("b", 2));
    nextMinute(reviews);
    ReviewState written = capture(reviews);
    assertThat(imageIds(written.waiting())).containsExactly("a", "b");
    offer(reviews, 3, image("c", 2), image("d", 2));

    // when
    Set<Long> erased =
        Set.of(
            ImageIdHash.of("a").number(),
            ImageIdHash.of("b").number(),
            ImageIdHash.of("c").number());
    reviews.erase(erased::contains);

    // then
    ReviewState state = capture(reviews);
    assertThat(state.waiting()).isEmpty();
    assertThat(imageIds(state.candidates())).containsExactly("d");
    assertThat(state.requested()).isEmpty();
    reviews.durable();
    nextMinute(reviews);
    assertThat(imageIds(capture(reviews).waiting())).containsExactly("d");

    // then: of a restored one, too
    ReviewRequester resumed = requester(TWO, written);
    resumed.erase(erased::contains);
    poll(resumed);
    assertThat(capture(resumed).waiting()).isEmpty();
  }

  @Test
  void shouldPassOverLabelledImagesAugmentationsAndForeignKeys() throws IOException {
    // given
    ReviewRequester reviews = requester(settings(10, 10), ReviewState.NONE);
    ConsumedView labelled =
        view("labelled", "labelled", example("labelled", LabelTarget.of(0), true));
    ConsumedView foreign = view("other", "unlike", example("unlike", null, true));
    ConsumedView keyless = view(null, "keyless", example("keyless", null, true));
    ConsumedView augmented = view("augmented", "augmented", example("augmented", null, false));
    ConsumedView damaged =
        view(
            "damaged",
            "damaged",
            new TrainingExample(
                PixelEncoding.PNG, new byte[3], TEACHER, null, true, 0, identity("damaged")));

    // when: rows are of the originals alone
    float[] answers = new float[4 * 5];
    for (int row = 0; row < 4; row++) {
      answers[row * 5 + 1] = 3;
    }
    reviews.offer(List.of(labelled, augmented, foreign, keyless, damaged), 1, answers);
    nextMinute(reviews);

    // then: pixels that cannot be read are no reason not to ask
    List<ReviewRequest> waiting = capture(reviews).waiting();
    assertThat(imageIds(waiting)).containsExactly("damaged");
    assertThat(waiting.get(0).getThumbnail()).isNull();
  }

  @Test
  void shouldKeepButNotUseWhatItRemembersWhileItIsOff() throws IOException {
    // given
    ReviewRequester before = requester(TWO, ReviewState.NONE);
    offer(before, 1, image("a", 2));
    nextMinute(before);
    ReviewState saved = capture(before);

    // when
    ReviewRequester off = requester(settings(0, 10), saved);
    offer(off, 2, image("b", 2));
    nextMinute(off);

    // then
    assertThat(producer.history()).isEmpty();
    ReviewState kept = capture(off);
    assertThat(imageIds(kept.waiting())).containsExactly("a");
    assertThat(kept.requested()).containsExactly(ImageIdHash.of("a").number());
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    requester(settings(0, 10), ReviewState.NONE).capture(files);
    assertThat(files).isEmpty();
  }

  @Test
  void shouldForgetTheOldestOfTooManyImages() {
    // given
    RequestedImages images = new RequestedImages(2);

    // when
    images.addAll(List.of(1L, 2L, 1L, 3L));

    // then
    assertThat(images.contains(1)).isFalse();
    assertThat(images.toArray()).containsExactly(2, 3);
  }

  /** An image on which the student says class 1, the surer the larger its logit is. */
  private record Offered(String id, float logit) {}

  private static Offered image(String id, float logit) {
    return new Offered(id, logit);
  }

  private static void offer(ReviewRequester reviews, long step, Offered... images) {
    List<ConsumedView> batch = new ArrayList<>();
    float[] answers = new float[images.length * 5];
    for (int i = 0; i < images.length; i++) {
      answers[i * 5 + 1] = images[i].logit;
      batch.add(view(images[i].id, images[i].id, example(images[i].id, null, true)));
    }
    reviews.offer(batch, step, answers);
  }

  private static TrainingExample example(String id, LabelTarget label, boolean original) {
    return new TrainingExample(
        PixelEncoding.RAW, new byte[64], TEACHER, label, original, 0, identity(id));
  }

  private static ViewIdentity identity(String id) {
    return ViewIdentity.of(ImageIdHash.of(id).number(), 0);
  }

  private static ConsumedView view(String key, String id, TrainingExample example) {
    return new ConsumedView(
        new TopicPartition("labeled", 0),
        0,
        example,
        Instant.EPOCH,
        List.of(),
        "policy",
        ViewAugmentation.UNKNOWN,
        Optional.empty(),
        Optional.of("s3://pictures/" + id),
        new ConsumerRecord<>("labeled", 0, 0, key == null ? null : key.getBytes(UTF_8), null));
  }

  private void poll(ReviewRequester reviews) {
    nanos += Duration.ofSeconds(1).toNanos();
    reviews.poll(nanos);
  }

  private void nextMinute(ReviewRequester reviews) {
    now = now.plusSeconds(60);
    poll(reviews);
  }

  /** What a checkpoint would hold, read again. */
  private static ReviewState capture(ReviewRequester reviews) throws IOException {
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    reviews.capture(files);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    files.get(ReviewState.FILE).writeTo(new DataOutputStream(bytes));
    return ReviewState.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }

  private static List<String> imageIds(List<ReviewRequest> requests) {
    return requests.stream().map(ReviewRequest::getImageId).toList();
  }

  private double published(String reason) {
    return meters.get("student.review.requests").tag("reason", reason).counter().count();
  }

  private void awaitSent(int records) {
    await().until(() -> producer.history().size() == records);
  }

  private void completeAll() {
    boolean more = producer.completeNext();
    while (more) {
      more = producer.completeNext();
    }
  }

  private List<ReviewRequest> sent() {
    try (RecordValueDeserializer<ReviewRequest> reader =
        new RecordValueDeserializer<>(ReviewRequest.class, kafka(), meters)) {
      return producer.history().stream()
          .map(record -> reader.deserialize(TOPIC, new RecordHeaders(), record.value()))
          .toList();
    }
  }

  private ReviewRequester requester(ReviewSettings settings, ReviewState state) {
    return requester(settings, state, Set.of());
  }

  private ReviewRequester requester(
      ReviewSettings settings, ReviewState state, Set<Long> published) {
    return new ReviewRequester(
        settings,
        TrainerFixture.MODEL,
        new BatchBuilder(TrainerFixture.MODEL, 0.9),
        new ReviewRequestPublisher(TOPIC, sender, meters),
        clock,
        state,
        published,
        meters);
  }

  private static ReviewSettings settings(int perMinute, int maxWaiting) {
    return new ReviewSettings(
        perMinute,
        List.of(
            ReviewReason.DISAGREEMENT, ReviewReason.UNSURE_TEACHER, ReviewReason.UNSURE_STUDENT),
        0.25,
        0.5,
        maxWaiting,
        100);
  }

  private Map<String, String> kafka() {
    return Map.of("schema.registry.url", registry.url().toString());
  }
}
