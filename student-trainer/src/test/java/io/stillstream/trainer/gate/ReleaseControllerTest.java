package io.stillstream.trainer.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.checkpoint.store.PendingEvent;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.ReleaseRunReporter;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.ManualPromotion;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.PromotionRequests.Promotion;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.StubStudent;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Champions and challengers in files, with a student and a baseline that predict one class. */
class ReleaseControllerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T00:00:00Z"));
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");
  private static final int K = 5;

  /** The class that the baseline predicts. */
  private static final int BASELINE_CLASS = 0;

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final BatchBuilder batches = new BatchBuilder(MODEL, 0.9);
  private final Said said = new Said();
  private final List<BaselineEvaluator> opened = new ArrayList<>();
  private DevelopmentRegistry registry;
  private RecordValueSerializer<Object> writer;
  private AsyncRecordSender sender;
  private ReleaseStore store;
  private ReleaseWriter releases;
  private StudentEventPublisher events;
  private final byte[] model = {1, 2, 3};
  private long nanos;
  private long stepNow;

  /** How many models each pass over the held-out set was for. */
  private final List<Integer> passes = new ArrayList<>();

  private CountDownLatch stopping = new CountDownLatch(1);
  private Optional<EvaluationSet> exam = Optional.empty();
  private OnlineTraining training;
  private ReleaseController controller;
  private TrainerState saved;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    writer =
        new RecordValueSerializer<>(
            Map.of(
                "bootstrap.servers",
                "localhost:1",
                "schema.registry.url",
                registry.url().toString()),
            meters);
    sender =
        new AsyncRecordSender(
            writer, producer, List.of("events", "student-releases"), meters, Duration.ofSeconds(9));
    store = new ReleaseStore(directory.resolve("releases"), new DurableFiles());
    releases = new ReleaseWriter(store, 3, MODEL, Map.of(), () -> {}, CLOCK, Optional.empty());
    saved = state(0, 0, PromotionState.begin(0));
  }

  @AfterEach
  void close() {
    opened.forEach(BaselineEvaluator::close);
    sender.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldMakeTheFirstChampionWithoutAGate() throws Exception {
    // given
    ReleaseController releasing = releasing("");

    // when
    release(releasing, 100);

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(saved.promotion().verdict()).isNull();
    assertThat(saved.promotion().baseline()).isEqualTo(1);
    assertThat(events.undelivered()).isEmpty();
    assertThat(meters.get("student.release.version").gauge().value()).isEqualTo(1);
  }

  @Test
  void shouldCountARangeFromTheReleaseBeforeWhenATopicIsKeptAsAMirror() throws Exception {
    // given: a release at offset 100, and a checkpoint at 150 after it
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    saved = state(1, 100, 150, releasing.promotion(false));
    releasing = releasing("");

    // when
    releasing.partitionStarted(0, 150);
    releasing.topicChanged(moved(OnTopicChange.KEEP));
    release(releasing, 200);

    // then: what lies between release and checkpoint is in the next release
    assertThat(Release.read(store, 2).card().offsetRanges())
        .containsExactly(new ModelCard.OffsetRange(0, 100, 200));

    // when: offsets are others
    releasing.topicChanged(moved(OnTopicChange.EARLIEST));
    release(releasing, 300);

    // then
    assertThat(Release.read(store, 3).card().offsetRanges())
        .containsExactly(new ModelCard.OffsetRange(0, 150, 300));
  }

  private static TopicChange moved(OnTopicChange went) {
    return new TopicChange(
        TopicChange.Reason.TOPIC_ID,
        new TopicIdentity("berlin", "aaa"),
        new TopicIdentity("berlin", "bbb"),
        went,
        Map.of(0, 150L));
  }

  @Test
  void shouldLetABetterChallengerPassAndMeasureTheNextAgainstIt() throws Exception {
    // given
    ReleaseController releasing = releasing("");
    release(releasing, 100);

    // when: the baseline is wrong everywhere
    train(true, 40);
    release(releasing, 200);

    // then
    assertThat(store.champion()).hasValue(2);
    assertThat(saved.promotion().verdict().images()).isEqualTo(40);
    assertThat(saved.promotion().verdict().challenger()).isEqualTo(1);
    assertThat(saved.promotion().verdict().best()).isZero();
    assertThat(saved.promotion().baseline()).isEqualTo(2);
    assertThat(events.undelivered())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.kind()).isEqualTo("GATE_PASSED");
              assertThat(event.step()).isEqualTo(200);
              assertThat(event.details())
                  .containsEntry("version", "2")
                  .containsEntry("baseline", "1");
            });
    release(releasing, 300);
    assertThat(saved.promotion().verdict().baseline()).isEqualTo(2);
    assertThat(saved.promotion().verdict().images()).isZero();
  }

  @Test
  void shouldHoldAWorseChallengerBack() throws Exception {
    // given
    ReleaseController releasing = releasing("");
    release(releasing, 100);

    // when: the baseline is right everywhere
    train(false, 40);
    release(releasing, 200);

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(Release.read(store, 2).card().wasChampion()).isFalse();
    assertThat(meters.get("student.gate.failures").counter().count()).isEqualTo(1);
    assertThat(meters.get("student.release.version").gauge().value()).isEqualTo(1);
    assertThat(events.undelivered()).extracting(PendingEvent::kind).containsExactly("GATE_FAILED");
    // and the trial goes on against the same baseline
    train(true, 8);
    assertThat(releasing.promotion(true).verdict().images()).isEqualTo(48);
  }

  @Test
  void shouldRepeatTheVerdictAfterACrashBeforeTheFiles() throws Exception {
    // given
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    train(false, 40);
    TrainerState durable = state(2, 200, releasing.promotion(true));

    // when: the checkpoint is there, and nothing else
    saved = durable;
    ReleaseController resumed = releasing("");

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(Release.read(store, 2).card().gate()).isEqualTo(durable.promotion().verdict());
    assertThat(events.undelivered()).extracting(PendingEvent::kind).containsExactly("GATE_FAILED");
    assertThat(resumed.promotion(false).comparison()).isEqualTo(durable.promotion().comparison());
    assertThat(resumed.promotion(true).verdict().images()).isEqualTo(40);
  }

  @Test
  void shouldFollowAPersonsChoiceAndNotFightBack() throws Exception {
    // given
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    release(releasing, 200);
    assertThat(store.champion()).hasValue(2);

    // when
    new ManualPromotion(store).promote(1);
    nanos += Duration.ofSeconds(2).toNanos();
    releasing.pollChampion(990);

    // then
    assertThat(releasing.promotion(false).champion()).isEqualTo(1);
    assertThat(releasing.promotion(false).baseline()).isEqualTo(1);
    assertThat(meters.get("student.release.version").gauge().value()).isEqualTo(1);
    assertThat(releases.unannounced(2)).isEmpty();
    // and that choice stands for a whole interval
    assertThat(releasing.isDue(1989)).isFalse();
    assertThat(releasing.isDue(1990)).isTrue();

    // when: it is started anew, from a checkpoint that knows nothing of it
    ReleaseController resumed = releasing("");

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(resumed.promotion(false).champion()).isEqualTo(1);
  }

  @Test
  void shouldLookForAPersonsChoiceBeforeARelease() throws Exception {
    // given: it has just looked
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    release(releasing, 200);
    nanos += Duration.ofSeconds(2).toNanos();
    releasing.pollChampion(990);

    // when
    new ManualPromotion(store).promote(1);
    releasing.pollChampion(991);
    assertThat(releasing.promotion(false).champion()).isEqualTo(2);
    releasing.pollChampion(1000);

    // then
    assertThat(releasing.promotion(false).champion()).isEqualTo(1);
    assertThat(releasing.isDue(1000)).isFalse();
  }

  @Test
  void shouldReleaseWhenTheLastIsOld() throws Exception {
    // given
    ReleaseController releasing = releasing("release: {every: 10m}");
    assertThat(releasing.isDue(999)).isFalse();
    assertThat(releasing.isDue(1000)).isTrue();

    // when
    nanos += Duration.ofMinutes(10).toNanos();

    // then
    assertThat(releasing.isDue(1)).isTrue();
    assertThat(releasing.isDue(0)).isFalse();
    release(releasing, 1);
    assertThat(releasing.isDue(2)).isFalse();
  }

  @Test
  void shouldPassWithoutAGateWhenTheBaselineIsGone() throws Exception {
    // given
    release(releasing(""), 100);
    Files.write(store.directory(1).resolve("student.pt"), new byte[] {1});

    // when
    ReleaseController resumed = releasing("");
    train(false, 40);
    release(resumed, 200);

    // then
    assertThat(store.champion()).hasValue(2);
    assertThat(saved.promotion().verdict()).isNull();
  }

  @Test
  void shouldDoWithoutTheGateIfToldSo() throws Exception {
    // given
    ReleaseController releasing = releasing("release: {gate: {enabled: false}}");
    release(releasing, 100);

    // when
    train(false, 40);
    release(releasing, 200);

    // then
    assertThat(store.champion()).hasValue(2);
    assertThat(saved.promotion().verdict()).isNull();
  }

  @Test
  void shouldMeasureBothOnAHeldOutSetIfThereIsOne() throws Exception {
    // given: a set on which the student makes 60 %, and the baseline 90 %
    said.right = 3;
    exam = Optional.of(heldOut());
    ReleaseController releasing = releasing("");
    release(releasing, 100);

    // when
    release(releasing, 200);

    // then
    assertThat(saved.promotion().verdict().measuredOn()).isEqualTo("held-out");
    assertThat(saved.promotion().verdict().challenger()).isEqualTo(0.6);
    assertThat(saved.promotion().verdict().best()).isEqualTo(0.9);
    assertThat(saved.promotion().passed()).isFalse();
    assertThat(store.champion()).hasValue(1);
  }

  @Test
  void shouldPassOnceOverAHeldOutSetForARelease() throws Exception {
    // given: the baseline is of a run before
    said.right = 3;
    exam = Optional.of(heldOut());
    release(releasing(""), 100);
    ReleaseController releasing = releasing("");
    passes.clear();

    // when
    assertThat(releasing.isReady()).isFalse();
    release(releasing, 200);
    release(releasing, 300);

    // then: student and baseline together, and of the baseline nothing new can be learned
    assertThat(passes).containsExactly(2, 1);
    assertThat(releasing.isReady()).isTrue();
  }

  @Test
  void shouldNotExamineABaselineThatWasExaminedAsTheStudent() throws Exception {
    // given
    said.right = 3;
    exam = Optional.of(heldOut());
    ReleaseController releasing = releasing("");
    assertThat(releasing.prepare(false)).isTrue();

    // when
    release(releasing, 0);
    release(releasing, 200);

    // then
    assertThat(passes).containsExactly(1, 1);
    assertThat(saved.promotion().verdict().best()).isEqualTo(0.6);
  }

  @Test
  void shouldPutOffAReleaseWhoseExaminationAStopCutShort() throws Exception {
    // given
    said.right = 3;
    exam = Optional.of(heldOut());
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    stopping.countDown();
    stepNow = 150;

    // when
    boolean prepared = releasing.prepare(false);

    // then: the next checkpoint tells of it, and so does the one after a restart
    assertThat(prepared).isFalse();
    assertThat(releasing.isReady()).isFalse();
    assertThat(releasing.promotion(false).postponed()).isTrue();
    saved = state(1, 100, 150, releasing.promotion(false));
    stopping = new CountDownLatch(1);
    ReleaseController resumed = releasing("");
    assertThat(resumed.isPostponed()).isTrue();
    assertThat(resumed.isDue(150)).isTrue();
    assertThat(resumed.promotion(false).postponed()).isTrue();

    // when: it is made
    assertThat(resumed.prepare(true)).isTrue();
    release(resumed, 150);

    // then
    assertThat(resumed.isPostponed()).isFalse();
    assertThat(resumed.isDue(151)).isFalse();
    assertThat(store.versions()).containsExactly(1L, 2L);
    assertThat(Release.read(store, 2).card().step()).isEqualTo(150);
    assertThat(releasing("").isPostponed()).isFalse();
  }

  @Test
  void shouldNotTakeUpWhatAPersonOverruled() throws Exception {
    // given
    exam = Optional.of(heldOut());
    ReleaseController releasing = releasing("");
    release(releasing, 100);
    release(releasing, 200);
    releasing.postpone();
    saved = state(2, 200, 250, releasing.promotion(false));

    // when
    new ManualPromotion(store).promote(1);
    ReleaseController resumed = releasing("");

    // then: the next release comes a whole interval later
    assertThat(resumed.isPostponed()).isFalse();
    assertThat(resumed.isDue(251)).isFalse();
  }

  @Test
  void shouldPromoteAndRollBackAsAskedAndAnnounceEachOnce() throws Exception {
    // given
    ReleaseController releasing = threeReleases();

    // when
    Promotion made = promote(releasing, OptionalLong.of(1));
    announce(releasing);

    // then
    assertThat(made).isEqualTo(new Promotion(1, 3));
    assertThat(store.champion()).hasValue(1);
    assertThat(releasing.champion()).isEqualTo(1);
    assertThat(releasing.promotion(false).baseline()).isEqualTo(1);
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L);

    // when: asked once more, as the answer was lost
    made = promote(releasing, OptionalLong.of(1));
    announce(releasing);

    // then
    assertThat(made).isEqualTo(new Promotion(1, 1));
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L);

    // when
    Promotion unused = promote(releasing, OptionalLong.of(3));
    announce(releasing);
    made = promote(releasing, OptionalLong.empty());
    announce(releasing);

    // then
    assertThat(made).isEqualTo(new Promotion(2, 3));
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L, 3L, 2L);
    unused = promote(releasing, OptionalLong.empty());
    assertThatThrownBy(() -> promote(releasing, OptionalLong.empty()))
        .hasRootCauseMessage("there is no champion before version 1 in " + store.root());
    assertThat(store.champion()).hasValue(1);
  }

  @Test
  void shouldAnnounceTheLastOfSeveralPromotionsLast() throws Exception {
    // given
    ReleaseController releasing = threeReleases();

    // when: before any event is known to have arrived
    for (long version : List.of(1L, 2L, 1L)) {
      Promotion unused = promote(releasing, OptionalLong.of(version));
      releasing.publishChampion();
    }
    announce(releasing);

    // then
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L, 2L, 1L);
  }

  @Test
  void shouldAnnounceAfterACrashWhatWasPromotedBefore() throws Exception {
    // given: a crash right after the answer
    Promotion unused = promote(threeReleases(), OptionalLong.of(1));

    // when
    ReleaseController resumed = releasing("");
    announce(resumed);

    // then
    assertThat(resumed.champion()).isEqualTo(1);
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L);
  }

  @Test
  void shouldNotAnnounceTwiceWhatABrokerTookBeforeTheCrash() throws Exception {
    // given: a broker has the event, and the crash comes before that is noted
    ReleaseController releasing = threeReleases();
    Promotion unused = promote(releasing, OptionalLong.of(1));
    releasing.publishChampion();
    await().atMost(Duration.ofSeconds(60)).until(() -> announced().size() == 4);

    // when
    topicHas = release -> release.getVersion() == 1;
    ReleaseController resumed = releasing("");
    announce(resumed);

    // then
    assertThat(releases.isPromoted(1)).isFalse();
    assertThat(announced()).containsExactly(1L, 2L, 3L, 1L);
  }

  @Test
  void shouldLetALaterReleaseReplaceAPromotionThatIsNotAnnounced() throws Exception {
    // given
    ReleaseController releasing = threeReleases();
    Promotion unused = promote(releasing, OptionalLong.of(1));

    // when
    train(true, 40);
    release(releasing, 400);
    announce(releasing);

    // then
    assertThat(store.champion()).hasValue(4);
    assertThat(releases.isPromoted(1)).isFalse();
    assertThat(announced()).containsExactly(1L, 2L, 3L, 4L);
  }

  /** With an event of each. */
  private ReleaseController threeReleases() throws IOException {
    ReleaseController releasing = releasing("release: {gate: {enabled: false}}");
    for (long step = 100; step <= 300; step += 100) {
      release(releasing, step);
      announce(releasing);
    }
    return releasing;
  }

  /** Until brokers have it. */
  private void announce(ReleaseController releasing) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              boolean unused = producer.completeNext();
              releasing.publishChampion();
              return releases.unannounced(releasing.champion()).isEmpty();
            });
  }

  private Promotion promote(ReleaseController releasing, OptionalLong version) {
    CompletableFuture<Promotion> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return promotions.request(version);
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              boolean unused = releasing.pollChampion(stepNow);
              return answer.isDone();
            });
    return answer.join();
  }

  private List<Long> announced() {
    try (RecordValueDeserializer<StudentRelease> reader =
        new RecordValueDeserializer<>(
            StudentRelease.class,
            Map.of("schema.registry.url", registry.url().toString()),
            meters)) {
      return producer.history().stream()
          .filter(record -> record.topic().equals("student-releases"))
          .map(record -> reader.deserialize(record.topic(), record.headers(), record.value()))
          .map(StudentRelease::getVersion)
          .toList();
    }
  }

  /** 60 % for what names class 3, and 90 % for all else. */
  private EvaluationSet heldOut() {
    return (models, goesOn) -> {
      passes.add(models.size());
      if (!goesOn.getAsBoolean()) {
        return List.of();
      }
      return models.stream()
          .map(model -> model.apply(batches.grey(1))[3] == 9 ? 0.6 : 0.9)
          .map(accuracy -> EvaluationResult.ofClasses(10, accuracy, 1, Optional.empty()))
          .toList();
    };
  }

  private final PromotionRequests promotions = new PromotionRequests();
  private Predicate<StudentRelease> topicHas = release -> false;

  /** As the service opens it, going on from what was saved last. */
  private ReleaseController releasing(String more) throws IOException {
    TrainerConfig config =
        YamlSettings.parse(
            "kafka: {bootstrap.servers: \"localhost:1\"}\nstudent: s\ndirectory: d\n" + more,
            TrainerConfig.class,
            Map.of());
    stepNow = saved.steps();
    events = new StudentEventPublisher("cnn", "events", sender, CLOCK, List.of(), meters);
    MicrometerTrainerMetrics metrics =
        new MicrometerTrainerMetrics(meters, CLOCK, ModelTask.CLASSIFICATION, List.of());
    BaselineEvaluator baseline =
        new BaselineEvaluator(
            config.release().gate(),
            TaskScorer.of(batches.output()),
            releases,
            exam.map(
                set ->
                    new HeldOutEvaluator(
                        set,
                        () -> stepNow,
                        said::predict,
                        1000,
                        metrics,
                        () -> {},
                        () -> stopping.getCount() == 0,
                        () -> nanos)),
            file -> batch -> predictions(batch, BASELINE_CLASS));
    opened.add(baseline);
    ReleaseController releasing =
        new ReleaseController(
            config.release(),
            releases,
            new ReleaseDelivery(
                releases,
                new ReleasePublisher(
                    config.topics(),
                    sender,
                    releases,
                    Replica.NONE,
                    topicHas,
                    ReleaseRunReporter.none(),
                    CLOCK),
                events,
                ReleaseRunReporter.none(),
                metrics,
                promotions),
            metrics,
            baseline,
            () -> nanos);
    controller = releasing;
    training =
        new OnlineTraining(
            said,
            batches,
            new TeacherAwareReplay(
                ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
                TeacherChangePolicy.KEEP,
                ReplaySampling.ALL),
            new PrequentialWindow(100),
            8,
            1,
            metrics,
            () -> nanos);
    if (saved.steps() > 0) {
      releasing.begin(saved, model, () -> ReleaseMeasurements.NONE);
    } else {
      releasing.begin(saved);
    }
    return releasing;
  }

  private void release(ReleaseController releasing, long step) throws IOException {
    stepNow = step;
    saved = state(saved.releaseVersion() + 1, step, releasing.promotion(true));
    releasing.checkpointDurable(saved, model, ReleaseMeasurements.NONE);
    releasing.write();
  }

  /**
   * Originals, eight at a time, whose label is what the student says, or what the baseline does.
   */
  private void train(boolean studentIsRight, int images) {
    said.right = BASELINE_CLASS + 1;
    int label = studentIsRight ? said.right : BASELINE_CLASS;
    for (int i = 0; i < images; i += 8) {
      controller
          .comparison()
          .count(
              training
                  .train(Collections.nCopies(8, original(label)), controller.comparison())
                  .originals()
                  .comparisons());
    }
  }

  private static TrainingExample original(int label) {
    return new TrainingExample(PixelEncoding.RAW, new byte[64], null, LabelTarget.of(label), true);
  }

  private static TrainerState state(long version, long step, PromotionState promotion) {
    return state(version, step, step, promotion);
  }

  private static TrainerState state(
      long version, long releaseStep, long step, PromotionState promotion) {
    return new TrainerState(
        "cnn",
        "ab",
        "labeled-views",
        Map.of(0, step),
        step,
        step,
        0,
        List.of(),
        List.of(),
        0.25,
        0.004,
        "",
        version,
        releaseStep,
        0,
        List.of(),
        promotion,
        null,
        List.of(),
        Map.of(),
        TopicIdentity.UNKNOWN,
        Map.of());
  }

  /** A student that names one class, and learns nothing. */
  private static final class Said extends StubStudent {
    private int right;

    @Override
    public StepReport update(TrainingBatch batch, long step) {
      return new StepReport(1, 1, 0, 1, 0.004, false, new float[0]);
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      return predictions(batch, right);
    }
  }

  private static float[] predictions(TrainingBatch batch, int named) {
    float[] logits = new float[batch.size() * K];
    for (int i = 0; i < batch.size(); i++) {
      logits[i * K + named] = 9;
    }
    return logits;
  }
}
