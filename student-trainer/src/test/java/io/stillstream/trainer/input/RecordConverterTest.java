package io.stillstream.trainer.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TooManyFailuresException;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordConverterTest {
  private static final ModelSpec STUDENT =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private DevelopmentRegistry registry;
  private int failures;
  private RecordValueDeserializer<LabeledView> reader;
  private RecordValueSerializer<LabeledView> writer;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka =
        Map.of(
            "schema.registry.url",
            registry.url().toString(),
            "stillstream.unknown.id.timeout.ms",
            "0",
            "retries.wait.ms",
            "1",
            "retries.max.wait.ms",
            "1");
    reader = new RecordValueDeserializer<>(LabeledView.class, kafka, meters);
    writer = new RecordValueSerializer<>(kafka, meters);
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldStopWhenTheTeacherNeverHadTheStudentsWidth() {
    // given
    RecordConverter intake = intake(false);
    LabeledView unlabelled = LabeledViewFixtures.view(1);
    unlabelled.setLogits(null);
    assertThat(convert(intake, record(unlabelled)).view()).isNotNull();

    // when
    assertThatThrownBy(() -> convert(intake, record(LabeledViewFixtures.view(2, 7))))
        // then
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the teacher gave 7 logits, the student has 5 classes");
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldPutASingleWrongWidthAsideOnceTheTeacherWasSeenToFit() {
    // given
    RecordConverter intake = intake(false);
    assertThat(convert(intake, record(LabeledViewFixtures.view(1))).view()).isNotNull();

    // when
    ConsumedView fetched = convert(intake, record(LabeledViewFixtures.view(2, 7)));

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("logits_width");
  }

  @Test
  void shouldPutAWrongWidthAsideWhenItIsKnownThatTheTeacherFits() {
    // when
    ConsumedView fetched = convert(intake(true), record(LabeledViewFixtures.view(2, 7)));

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("logits_width");
  }

  @Test
  void shouldPutAnAnswerOfAnotherTaskAsideEvenIfItIsTheFirst() {
    // given
    RecordConverter intake = intake(false);
    LabeledView embedded = LabeledViewFixtures.view(1);
    embedded.setLogits(null);
    embedded.setEmbedding(new Embedding(2, ByteBuffer.allocate(4)));

    // when
    ConsumedView fetched = convert(intake, record(embedded));

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("task");
    assertThat(meters.counter("student.rejected", "reason", "task").count()).isEqualTo(1);
  }

  @Test
  void shouldPutAMalformedAnswerAsideEvenIfItIsTheFirst() {
    // given
    RecordConverter intake = intake(false);
    LabeledView malformed = LabeledViewFixtures.view(1);
    malformed.setLogits(null);
    malformed.setTopLogits(new TopLogits(5, List.of(1, 1), FloatArrays.of(3, 2), 0f));

    // when
    ConsumedView fetched = convert(intake, record(malformed));

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("answer_malformed");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -1.1e6f})
  void shouldPutLogitsAsideThatWouldMakeTheLossNotFinite(float logit) {
    // given
    LabeledView view = LabeledViewFixtures.view(1);
    view.setLogits(FloatArrays.of(1, 2, logit, 4, 5));

    // when
    ConsumedView fetched = convert(intake(true), record(view));

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("logits_not_finite");
  }

  @Test
  void shouldLetNothingInThatIsToBeForgotten() {
    // given
    LabeledView own = LabeledViewFixtures.view(1);
    own.getView().getLineage().setImageId("forgotten");
    LabeledView mixed = LabeledViewFixtures.view(2);
    Mix mix = new Mix("mixup", "images", 0, 1L, "forgotten", 1, List.of(), 0.5, null);
    mixed.getView().setRecipe(new Recipe(1, List.of(), mix));

    // then
    assertThat(convert(intake(true), record(own)).view()).isNull();
    assertThat(convert(intake(true), record(mixed)).view()).isNull();
    assertThat(convert(intake(true), record(LabeledViewFixtures.view(3))).view()).isNotNull();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldPutARecordAsideOnWhichTheProgramFails() {
    // given
    RecordConverter intake = intake(true);
    failures = 3;

    // when
    ConsumedView failed = convert(intake, record(LabeledViewFixtures.view(1)));
    ConsumedView next = convert(intake, record(LabeledViewFixtures.view(2)));

    // then
    assertThat(failed.view()).isNull();
    assertThat(next.view()).isNotNull();
    assertThat(reason()).isEqualTo("failed");
    assertThat(producer.history().get(0).value()).isNotNull();
    assertThat(meters.counter("student.rejected", "reason", "failed").count()).isEqualTo(1);
    assertThat(
            meters.counter(
                "stillstream.dead.letters", "service", "student-trainer", "reason", "failed"))
        .extracting(Counter::count)
        .isEqualTo(1.0);
  }

  @Test
  void shouldTryARecordAgainBeforeItIsPutAside() {
    // given
    failures = 2;

    // then
    assertThat(convert(intake(true), record(LabeledViewFixtures.view(1))).view()).isNotNull();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldEndWhenRecordAfterRecordFails() {
    // given
    RecordConverter intake = intake(true);
    failures = 100;
    convert(intake, record(LabeledViewFixtures.view(1), 0));
    convert(intake, record(LabeledViewFixtures.view(2), 1));

    // then
    assertThatThrownBy(() -> convert(intake, record(LabeledViewFixtures.view(3), 2)))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessageContaining("max-consecutive-failures");
    assertThat(producer.history()).hasSize(2);
  }

  @Test
  void shouldKeepOfARecordWhatADeadLetterNeeds() {
    // given
    ConsumerRecord<byte[], byte[]> record = record(LabeledViewFixtures.view(1));
    record.headers().add("x", new byte[] {7});

    // when
    ConsumerRecord<byte[], byte[]> source = convert(intake(true), record).source();

    // then
    assertThat(source.topic()).isEqualTo("labeled");
    assertThat(source.key()).containsExactly(1);
    assertThat(source.value()).isNull();
    assertThat(source.headers()).isEqualTo(record.headers());
  }

  private boolean refuses(TrainingExample view) {
    if (failures > 0) {
      failures--;
      throw new IllegalStateException("cannot tell");
    }
    return List.of(view.image(), view.partner()).contains(ImageIdHash.of("forgotten").number());
  }

  @Test
  void shouldPutNothingAsideWhenTheRegistryHasLostItsData() throws IOException {
    // given: two records; the registry is set up anew after the first was read
    RecordConverter intake = intake(true);
    ConsumerRecord<byte[], byte[]> first = record(LabeledViewFixtures.view(1));
    byte[] later = first.value().clone();
    later[4]++;
    ConsumerRecord<byte[], byte[]> second = new ConsumerRecord<>("labeled", 0, 1, null, later);
    assertThat(convert(intake, first).view()).isNotNull();
    restartRegistry("anew.json");

    // when
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> convert(intake, second))
          .isInstanceOf(RegistryUnavailableException.class);
    }

    // then
    assertThat(producer.history()).isEmpty();
    assertThat(meters.counter("stillstream.registry.data.lost").count()).isPositive();
    assertThat(reader.registryAvailable()).isFalse();

    // when: its data is back, and it never knew the second one's id
    restartRegistry("registry.json");
    assertThatThrownBy(() -> convert(intake, second))
        .isInstanceOf(RegistryUnavailableException.class);
    ConsumedView fetched = convert(intake, second);

    // then
    assertThat(fetched.view()).isNull();
    assertThat(reason()).isEqualTo("malformed");
  }

  @Test
  @Timeout(60)
  void shouldAskTheRegistryAgainWhereItWasAwayWhenARecordWasDecodedAhead() throws Exception {
    // given
    ConsumerRecord<byte[], byte[]> record = record(LabeledViewFixtures.view(1));
    int port = registry.url().getPort();
    registry.close();
    try (DecodePool pool = DecodePool.create(1, 2, DecodeMetrics.NONE)) {
      RecordConverter intake = intake(true, pool);
      PendingView ahead = intake.begin(record);
      PendingView next = intake.begin(record);
      await().until(() -> ahead.isDone() && next.isDone());
      assertThat(ahead.decoded()).isEmpty();

      // when
      assertThatThrownBy(() -> intake.convert(ahead))
          .isInstanceOf(RegistryUnavailableException.class);
      registry = DevelopmentRegistry.start(directory.resolve("registry.json"), port);

      // then: no record waits because it was tried too early
      assertThat(intake.convert(ahead).view()).isNotNull();
      assertThat(intake.convert(next).view()).isNotNull();
    }
    assertThat(producer.history()).isEmpty();
  }

  private void restartRegistry(String file) {
    int port = registry.url().getPort();
    registry.close();
    registry = DevelopmentRegistry.start(directory.resolve(file), port);
  }

  private static ConsumedView convert(
      RecordConverter converter, ConsumerRecord<byte[], byte[]> record) {
    return converter.convert(converter.begin(record));
  }

  private RecordConverter intake(boolean teacherFits) {
    return intake(teacherFits, DecodePool.none());
  }

  private RecordConverter intake(boolean teacherFits, DecodePool pool) {
    DeadLetterFactory letters =
        new DeadLetterFactory("letters", "student-trainer", meters, Topics.MAX_MESSAGE_BYTES);
    return new RecordConverter(
        ViewRecordReader.ofLabeledViews(reader),
        new LabeledViewValidator(STUDENT, new BatchBuilder(STUDENT, 0.9)),
        pool,
        new UnexpectedFailurePolicy(3),
        new UnusedRecords(
            new DeadLetterProducer(producer, letters, Duration.ofSeconds(1), new CountDownLatch(1)),
            new MicrometerTrainerMetrics(
                meters, InstantSource.system(), ModelTask.CLASSIFICATION, STUDENT.classes())),
        this::refuses,
        UnaryOperator.identity(),
        teacherFits);
  }

  private ConsumerRecord<byte[], byte[]> record(LabeledView view) {
    return record(view, 0);
  }

  private ConsumerRecord<byte[], byte[]> record(LabeledView view, long offset) {
    return new ConsumerRecord<>(
        "labeled", 0, offset, new byte[] {1}, writer.serialize("labeled", view));
  }

  private String reason() {
    assertThat(producer.history()).hasSize(1);
    String reason =
        new String(
            producer.history().get(0).headers().lastHeader("stillstream.reason").value(), UTF_8);
    assertThat(reason).isIn(RecordConverter.REASONS);
    return reason;
  }
}
