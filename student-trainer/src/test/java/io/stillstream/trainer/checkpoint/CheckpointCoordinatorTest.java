package io.stillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.TrainerDirectoryReader;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.gate.BaselineEvaluator;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.PartitionMerger;
import io.stillstream.trainer.kafka.TopicIdentityVerifier;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.evaluation.EvaluationResult;
import io.stillstream.trainer.training.evaluation.EvaluationSet;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a stop leaves in the directory when there is a held-out set, whose examination may take
 * longer than the stop may: with the files and the student as they are.
 */
class CheckpointCoordinatorTest {
  private static final int BATCH = 4;
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> happened = new ArrayList<>();
  private DevelopmentRegistry registry;
  private Session session;

  private boolean brokersAnswer = true;
  private boolean takesLetters = true;

  /** Done in the middle of the next examination. */
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
  }

  @AfterEach
  void close() throws Exception {
    session.close();
    registry.close();
  }

  @Test
  void shouldWriteTheCheckpointBeforeTheExaminationAtAStop() throws Exception {
    // given
    session = new Session();
    session.train(3);

    // when
    session.stop();

    // then: what the examination found on the disk, and what was there in the end
    assertThat(happened).containsExactly("examined 1 model; newest: step 3, release 0, postponed");
    assertThat(newest()).isEqualTo("step 3, release 1");
    assertThat(session.store.versions()).containsExactly(1L);
    assertThat(session.store.champion()).hasValue(1);
    assertThat(Release.read(session.store, 1).card().metrics()).containsKey("held_out_accuracy");
  }

  @Test
  void shouldNeedNoSecondCheckpointWhenAReleaseCanBeJudgedAtOnce() throws Exception {
    // given
    session = new Session();
    session.train(3);
    session.examination.evaluateIfDue();
    happened.clear();

    // when
    session.stop();

    // then
    assertThat(happened).isEmpty();
    assertThat(newest()).isEqualTo("step 3, release 1");
    assertThat(sequence()).isEqualTo(1);
  }

  @Test
  void shouldTakeUpTheReleaseAfterAKillBetweenCheckpointAndVerdict() throws Exception {
    // given: a champion, which the next one has to reach
    session = new Session();
    session.train(3);
    session.stop();
    session.close();
    session = new Session();
    session.train(2);

    // when: it is killed in the middle of the examination
    meanwhile =
        () -> {
          throw new Killed();
        };
    assertThatThrownBy(session::stop).isInstanceOf(Killed.class);
    session.close();

    // then: nothing that was trained is lost
    assertThat(newest()).isEqualTo("step 5, release 1, postponed");
    assertThat(session.store.versions()).containsExactly(1L);

    // when: it is started again, killed in the same way, and started again
    session = new Session();
    assertThat(session.trainee.training().steps()).isEqualTo(5);
    assertThatThrownBy(() -> session.saving.publishPostponedRelease(session))
        .isInstanceOf(Killed.class);
    session.close();
    meanwhile = () -> {};
    happened.clear();
    session = new Session();
    session.saving.publishPostponedRelease(session);
    session.train(1);
    session.saving.saveIfDue(session);
    session.stop();

    // then: the release is of the very step at which it was stopped, and there is one of it
    assertThat(happened)
        .containsExactly(
            "examined 2 models; newest: step 5, release 1, postponed",
            "examined 1 model; newest: step 6, release 2, postponed");
    assertThat(session.store.versions()).containsExactly(1L, 2L, 3L);
    assertThat(Release.read(session.store, 2).card().step()).isEqualTo(5);
    assertThat(Release.read(session.store, 2).card().gate().measuredOn()).isEqualTo("held-out");
    assertThat(Release.read(session.store, 3).card().step()).isEqualTo(6);
    assertThat(newest()).isEqualTo("step 6, release 3");

    // when
    session.close();
    happened.clear();
    session = new Session();
    session.saving.publishPostponedRelease(session);
    session.stop();

    // then
    assertThat(happened).isEmpty();
    assertThat(session.store.versions()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldGiveAnExaminationUpThatAStopComesInto() throws Exception {
    // given: a release is due in the middle of training
    session = new Session();
    session.train(10);
    meanwhile =
        () -> {
          session.stopping.countDown();
          meanwhile = () -> {};
        };

    // when
    session.saving.saveIfDue(session);

    // then: nothing was begun that would have to end first
    assertThat(happened).containsExactly("given up");

    // when
    session.stop();

    // then
    assertThat(happened)
        .containsExactly("given up", "examined 1 model; newest: step 10, release 0, postponed");
    assertThat(newest()).isEqualTo("step 10, release 1");
  }

  @Test
  void shouldSaveNothingWhileItIsNotKnownWhichTopicItIsOf() throws Exception {
    // given
    session = new Session();
    session.train(3);
    brokersAnswer = false;

    // when
    session.stop();

    // then: neither a checkpoint nor a release
    assertThat(TrainerDirectoryReader.newest(directory)).isEmpty();
    assertThat(session.store.versions()).isEmpty();
    assertThat(meters.get("student.checkpoint.failures").counter().count()).isPositive();

    // when
    brokersAnswer = true;
    session.stop();

    // then
    assertThat(newest()).isEqualTo("step 3, release 1");
  }

  @Test
  void shouldNotExamineForACheckpointThatBrokersHoldBack() throws Exception {
    // given: a release is due, and a dead letter that no broker takes
    session = new Session();
    session.train(10);
    takesLetters = false;
    session.outbox.deadLetter(
        new ConsumerRecord<>("labeled-views", 0, 7, null, new byte[0]),
        "train",
        new BadRecordException("failed", "a view"));

    // when
    session.saving.saveIfDue(session);

    // then
    assertThat(happened).isEmpty();
    assertThat(session.progress.lastFailure().orElseThrow()).contains("dead letters");

    // when: it is not known which topic it is
    takesLetters = true;
    brokersAnswer = false;
    session.progress.lastFailure(null);
    session.saving.saveIfDue(session);

    // then
    assertThat(happened).isEmpty();

    // when
    brokersAnswer = true;
    session.progress.lastFailure(null);
    session.saving.saveIfDue(session);

    // then
    assertThat(happened).containsExactly("examined");
    session.stop();
    assertThat(newest()).isEqualTo("step 10, release 1");
  }

  private String newest() throws IOException {
    var state =
        TrainerDirectoryReader.state(TrainerDirectoryReader.newest(directory).orElseThrow());
    return "step %d, release %d%s"
        .formatted(
            state.get("steps").asLong(),
            state.get("releaseVersion").asLong(),
            state.get("contest").get("postponed").asBoolean() ? ", postponed" : "");
  }

  private long sequence() throws IOException {
    return Long.parseLong(
        TrainerDirectoryReader.newest(directory).orElseThrow().getFileName().toString());
  }

  /** The end of a process, as far as a test can have it: nothing is done after it. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A run of the trainer: what the service opens, without brokers. */
  private final class Session implements CheckpointCoordinator.LoopPosition {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final BatchBuilder batches = new BatchBuilder(MODEL, 0.9);
    private final ReleaseStore store;
    private final TrainingSession trainee;
    private final HeldOutEvaluator examination;
    private final TrainerStatus progress = new TrainerStatus(System::nanoTime);
    private final DeadLetterProducer outbox;
    private final CheckpointCoordinator saving;

    Session() throws IOException {
      TrainerConfig config =
          YamlSettings.parse(
              """
              kafka: {bootstrap.servers: "localhost:1"}
              student: src/test/resources/students/cnn
              directory: %s
              batch: {size: %d}
              updates: 1
              release: {every-steps: 10}
              """
                  .formatted(directory, BATCH),
              TrainerConfig.class,
              Map.of());
      InstantSource clock = InstantSource.system();
      DurableFiles disk = new DurableFiles();
      DirectoryLock lock = opened(DirectoryLock.acquire(directory, disk));
      CheckpointStore checkpoints =
          new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
      store = new ReleaseStore(directory.resolve("releases"), disk);
      ReleaseWriter releases =
          new ReleaseWriter(store, 10, MODEL, Map.of(), lock::requireHeld, clock);
      MicrometerTrainerMetrics metrics =
          new MicrometerTrainerMetrics(meters, clock, MODEL.classes());
      trainee = opened(TrainingSession.open(config, MODEL, batches, checkpoints, metrics));
      TrainerState begin = trainee.begin();
      Ledger ledger =
          opened(new Ledger(directory.resolve("ledger.jsonl"), begin.ledgerBytes(), lock, disk));
      MockProducer<byte[], byte[]> producer =
          new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
              return takesLetters
                  ? super.send(record)
                  : CompletableFuture.failedFuture(new TimeoutException("away"));
            }
          };
      RecordValueSerializer<Object> writer =
          opened(
              new RecordValueSerializer<>(
                  Map.of("schema.registry.url", registry.url().toString()), meters));
      AsyncRecordSender sender =
          opened(
              new AsyncRecordSender(
                  writer,
                  producer,
                  List.of("student-releases", "student-progress", "student-events"),
                  meters,
                  Duration.ofSeconds(30)));
      StudentEventPublisher events =
          new StudentEventPublisher("cnn", "student-events", sender, clock, begin.events(), meters);
      ReleasePublisher announcer =
          new ReleasePublisher(config.topics(), sender, releases, Replica.NONE, clock);
      examination =
          new HeldOutEvaluator(
              new HeldOutExamples(),
              trainee.training()::steps,
              trainee::predict,
              1000,
              metrics,
              progress::heartbeat,
              () -> stopping.getCount() == 0,
              System::nanoTime);
      BaselineEvaluator yardstick =
          opened(new BaselineEvaluator(config, releases, Optional.of(examination)));
      ReleaseController releasing =
          new ReleaseController(
              config, releases, announcer, events, metrics, progress, yardstick, System::nanoTime);
      outbox =
          new DeadLetterProducer(
              producer,
              new DeadLetterFactory("letters", "test", meters),
              Duration.ofSeconds(1),
              stopping);
      saving =
          new CheckpointCoordinator(
              config,
              trainee,
              new LabeledViewConsumer(
                  new MockConsumer<>("earliest"),
                  config.source(),
                  OnOffsetGap.STOP,
                  new TopicIdentityVerifier(
                      config.source(),
                      config.onTopicChange(),
                      patience -> {
                        if (!brokersAnswer) {
                          throw new TimeoutException("busy");
                        }
                        return TopicIdentity.UNKNOWN;
                      },
                      TopicIdentity.UNKNOWN),
                  new PartitionMerger(Duration.ZERO),
                  config.merge().maxBytes(),
                  clock,
                  System::nanoTime),
              outbox,
              opened(new AsyncCheckpointWriter(checkpoints)),
              ledger,
              new LineageTracker(begin),
              releasing,
              announcer,
              events,
              new ModelCardMetrics(trainee, Optional.of(examination)),
              new ErasureCheckpointRotation(3, Map.of()),
              Replica.NONE,
              metrics,
              progress);
      saving.begin();
      saving.partitionStarted(0, 0);
    }

    void train(int steps) {
      LabeledViewValidator examiner = new LabeledViewValidator(MODEL, batches);
      for (int i = 0; i < steps; i++) {
        long first = trainee.training().viewsSeen();
        List<TrainingExample> views =
            LongStream.range(first, first + BATCH)
                .mapToObj(number -> examiner.validate(LabeledViewFixtures.view(number)))
                .toList();
        trainee.supervised().train(views);
      }
    }

    /** As the loop does when it is told to. */
    void stop() throws InterruptedException {
      stopping.countDown();
      saving.saveOnShutdown(this);
    }

    @Override
    public Map<Integer, Long> positions() {
      return Map.of(0, trainee.training().viewsSeen());
    }

    @Override
    public double loss() {
      return 1;
    }

    @Override
    public double rate() {
      return 0.004;
    }

    @Override
    public List<TeacherId> teachers() {
      return List.of();
    }

    private <T extends AutoCloseable> T opened(T resource) {
      open.push(resource);
      return resource;
    }

    void close() throws Exception {
      while (!open.isEmpty()) {
        open.pop().close();
      }
    }
  }

  /** Ten examples, of which every model names half; what is on the disk meanwhile is noted. */
  private final class HeldOutExamples implements EvaluationSet {
    @Override
    public int size() {
      return 10;
    }

    @Override
    public List<EvaluationResult> evaluate(
        List<Function<TrainingBatch, float[]>> models, BooleanSupplier goesOn) {
      meanwhile.run();
      if (!goesOn.getAsBoolean()) {
        happened.add("given up");
        return List.of();
      }
      try {
        happened.add(
            "examined %d model%s; newest: %s"
                .formatted(models.size(), models.size() == 1 ? "" : "s", newest()));
      } catch (IOException | NoSuchElementException e) {
        happened.add("examined");
      }
      return models.stream().map(model -> new EvaluationResult(10, 0.5, 1)).toList();
    }
  }
}
