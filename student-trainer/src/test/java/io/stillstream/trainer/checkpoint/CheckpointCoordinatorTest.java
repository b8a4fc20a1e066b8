package io.stillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.TrainerDirectoryReader;
import io.stillstream.trainer.TrainerFixture;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator.Due;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.release.ManualPromotion;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.OnnxMismatchException;
import io.stillstream.trainer.release.OnnxModel;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints and releases in a directory, with a held-out set whose evaluation takes long. */
class CheckpointCoordinatorTest {
  private static final int BATCH = 4;

  @TempDir Path directory;
  private final List<String> happened = new ArrayList<>();
  private TrainerFixture fixture;
  private Session session;

  /** Done in the middle of the next evaluation. */
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void open() throws IOException {
    fixture = new TrainerFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    session.close();
    fixture.close();
  }

  @Test
  void shouldWriteTheCheckpointBeforeTheEvaluationAtAStop() throws Exception {
    // given
    session = new Session();
    session.train(3);

    // when
    session.stop();

    // then: what the evaluation found on the disk, and what was there in the end
    assertThat(happened).containsExactly("evaluated 1 model; newest: step 3, release 0, postponed");
    assertThat(newest()).isEqualTo("step 3, release 1");
    assertThat(session.run.releases().versions()).containsExactly(1L);
    assertThat(session.run.releases().champion()).hasValue(1);
    assertThat(Release.read(session.run.releases(), 1).card().metrics())
        .containsKey("held_out_accuracy");
  }

  @Test
  void shouldGoOnWithoutAReleaseThatIsRefused() throws Exception {
    // given
    AtomicBoolean differs = refusesReleases();
    session = new Session();
    session.train(10);

    // when
    assertThat(session.saveIfDue()).isEqualTo(Due.RELEASE);
    session.finish(1);

    // then: the checkpoint is there, and the next release is due after as many steps again
    assertThat(newest()).isEqualTo("step 10, release 0");
    assertThat(session.run.releases().versions()).isEmpty();
    assertThat(session.run.delivery().refusal())
        .hasValue("step 10 was not released, student.onnx: it answers otherwise");
    assertThat(session.run.delivery().refusals()).isOne();
    assertThat(session.checkpoints.failure()).isEmpty();
    session.train(9);
    assertThat(session.saveIfDue()).isEqualTo(Due.NOTHING);

    // when
    differs.set(false);
    session.train(1);
    assertThat(session.saveIfDue()).isEqualTo(Due.RELEASE);
    session.finish(2);

    // then
    assertThat(newest()).isEqualTo("step 20, release 1");
    assertThat(session.run.delivery().refusal()).isEmpty();
    assertThat(session.run.delivery().refusals()).isOne();
    assertThat(Release.read(session.run.releases(), 1).card().onnx().file())
        .isEqualTo("student.onnx");
  }

  @Test
  void shouldSaveAtAStopWhenTheReleaseIsRefused() throws Exception {
    // given
    AtomicBoolean unused = refusesReleases();
    session = new Session();
    session.train(3);

    // when
    session.stop();

    // then: and no release is postponed
    assertThat(newest()).isEqualTo("step 3, release 0");
    assertThat(session.run.releases().versions()).isEmpty();
  }

  @Test
  void shouldStartWithoutTheFirstReleaseIfACrashPreventedItAndItIsRefusedNow() throws Exception {
    // given: of the release, nothing has reached the disk
    session = new Session();
    session.train(3);
    session.stop();
    session.close();
    new DurableFiles().delete(directory.resolve("releases"));
    AtomicBoolean differs = refusesReleases();

    // when
    session = new Session();

    // then
    assertThat(session.run.delivery().refusal())
        .hasValue("step 3 was not released, student.onnx: it answers otherwise");
    assertThat(session.checkpoints.champion()).isZero();
    assertThat(session.run.releases().versions()).isEmpty();

    // when: it goes on, also from the next checkpoint
    session.train(6);
    assertThat(session.saveIfDue()).isEqualTo(Due.CHECKPOINT);
    session.finish(3);
    session.close();
    session = new Session();
    assertThat(session.run.delivery().refusal()).isEmpty();
    assertThat(session.checkpoints.champion()).isZero();
    differs.set(false);
    session.train(1);
    assertThat(session.saveIfDue()).isEqualTo(Due.RELEASE);
    session.finish(4);

    // then: it begins where the one began that was not made
    assertThat(newest()).isEqualTo("step 10, release 2");
    assertThat(session.run.releases().champion()).hasValue(2);
    assertThat(Release.read(session.run.releases(), 2).card().offsetRanges())
        .containsExactly(new ModelCard.OffsetRange(0, 0, 10 * BATCH));
  }

  @Test
  void shouldGoOnWithTheChampionBeforeIfTheReleaseAfterACrashIsRefused() throws Exception {
    // given
    session = new Session();
    session.train(3);
    session.stop();
    session.close();
    session = new Session();
    session.train(2);
    session.stop();
    session.close();
    Files.delete(directory.resolve("releases/current"));
    Files.createSymbolicLink(directory.resolve("releases/current"), Path.of("1"));
    new DurableFiles().delete(directory.resolve("releases/2"));
    AtomicBoolean unused = refusesReleases();

    // when
    session = new Session();

    // then
    assertThat(session.run.delivery().refusals()).isOne();
    assertThat(session.checkpoints.champion()).isEqualTo(1);
    assertThat(session.run.releases().champion()).hasValue(1);
    session.train(1);
    session.stop();
    assertThat(newest()).isEqualTo("step 6, release 2");
  }

  @Test
  void shouldSaveAPersonsChoiceAtOnce() throws Exception {
    // given
    twoReleases();
    session = new Session();
    int saved = savedSoFar();

    // when
    Release unused = new ManualPromotion(session.run.releases()).promote(1);
    fixture.advance(Duration.ofSeconds(2));

    // then: although the stream pauses
    assertThat(session.saveIfDue()).isEqualTo(Due.CHECKPOINT);
    session.finish(saved + 1);
    assertThat(session.saveIfDue()).isEqualTo(Due.NOTHING);
  }

  @Test
  void shouldSaveAChoiceThatWasMadeBeforeTheStart() throws Exception {
    // given
    ReleaseStore releases = twoReleases();
    Release unused = new ManualPromotion(releases).promote(1);

    // when
    session = new Session();

    // then
    assertThat(session.checkpoints.champion()).isEqualTo(1);
    int saved = savedSoFar();
    assertThat(session.saveIfDue()).isEqualTo(Due.CHECKPOINT);
    session.finish(saved + 1);
    assertThat(session.saveIfDue()).isEqualTo(Due.NOTHING);
  }

  /** Of two runs, the second one champion. */
  private ReleaseStore twoReleases() throws Exception {
    for (int steps : new int[] {3, 2}) {
      session = new Session();
      session.train(steps);
      session.stop();
      session.close();
    }
    assertThat(session.run.releases().champion()).hasValue(2);
    return session.run.releases();
  }

  private int savedSoFar() {
    return (int) fixture.meters().get("student.checkpoint.duration").timer().count();
  }

  private AtomicBoolean refusesReleases() {
    AtomicBoolean differs = new AtomicBoolean(true);
    fixture.exportsOnnx(
        student -> {
          if (differs.get()) {
            throw new OnnxMismatchException("it answers otherwise");
          }
          return new OnnxModel(student, 17);
        });
    return differs;
  }

  @Test
  void shouldNeedNoSecondCheckpointWhenAReleaseCanBeJudgedAtOnce() throws Exception {
    // given
    session = new Session();
    session.train(3);
    session.run.heldOut().evaluateIfDue();
    happened.clear();

    // when
    session.stop();

    // then
    assertThat(happened).isEmpty();
    assertThat(newest()).isEqualTo("step 3, release 1");
    assertThat(sequence()).isEqualTo(1);
  }

  @Test
  void shouldMakeTheReleaseAfterAKillBetweenCheckpointAndDecision() throws Exception {
    // given: a champion, which the next one has to reach
    session = new Session();
    session.train(3);
    session.stop();
    session.close();
    session = new Session();
    session.train(2);

    // when: it is killed in the middle of the evaluation
    meanwhile =
        () -> {
          throw new Killed();
        };
    assertThatThrownBy(session::stop).isInstanceOf(Killed.class);
    session.close();

    // then: nothing that was trained is lost
    assertThat(newest()).isEqualTo("step 5, release 1, postponed");
    assertThat(session.run.releases().versions()).containsExactly(1L);

    // when: it is started again, killed in the same way, and started again
    session = new Session();
    assertThat(session.run.session().training().steps()).isEqualTo(5);
    assertThatThrownBy(() -> session.makePostponedRelease()).isInstanceOf(Killed.class);
    session.close();
    meanwhile = () -> {};
    happened.clear();
    session = new Session();
    session.makePostponedRelease();
    session.train(1);
    session.saveIfDue();
    session.stop();

    // then: the release is of the very step at which it was stopped, and there is one of it
    assertThat(happened)
        .containsExactly(
            "evaluated 2 models; newest: step 5, release 1, postponed",
            "evaluated 1 model; newest: step 6, release 2, postponed");
    assertThat(session.run.releases().versions()).containsExactly(1L, 2L, 3L);
    assertThat(Release.read(session.run.releases(), 2).card().step()).isEqualTo(5);
    assertThat(Release.read(session.run.releases(), 2).card().gate().measuredOn())
        .isEqualTo("held-out");
    assertThat(Release.read(session.run.releases(), 3).card().step()).isEqualTo(6);
    assertThat(newest()).isEqualTo("step 6, release 3");

    // when
    session.close();
    happened.clear();
    session = new Session();
    session.makePostponedRelease();
    session.stop();

    // then
    assertThat(happened).isEmpty();
    assertThat(session.run.releases().versions()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldGiveAnEvaluationUpThatAStopComesInto() throws Exception {
    // given: a release is due in the middle of training
    session = new Session();
    session.train(10);
    meanwhile =
        () -> {
          session.run.stop();
          meanwhile = () -> {};
        };

    // when
    session.saveIfDue();

    // then: nothing was begun that would have to end first
    assertThat(happened).containsExactly("given up");

    // when
    session.stop();

    // then
    assertThat(happened)
        .containsExactly("given up", "evaluated 1 model; newest: step 10, release 0, postponed");
    assertThat(newest()).isEqualTo("step 10, release 1");
  }

  @Test
  void shouldSaveNothingWhileItIsNotKnownWhichTopicItIsOf() throws Exception {
    // given
    session = new Session();
    session.train(3);
    fixture.brokersAnswer(false);

    // when
    session.stop();

    // then: neither a checkpoint nor a release
    assertThat(TrainerDirectoryReader.newest(directory)).isEmpty();
    assertThat(session.run.releases().versions()).isEmpty();
    assertThat(fixture.meters().get("student.checkpoint.failures").counter().count()).isPositive();

    // when
    fixture.brokersAnswer(true);
    session.stop();

    // then
    assertThat(newest()).isEqualTo("step 3, release 1");
  }

  @Test
  void shouldNotEvaluateForACheckpointThatBrokersHoldBack() throws Exception {
    // given: a release is due, and a dead letter that no broker takes
    session = new Session();
    session.train(10);
    fixture.takesRecords(false);
    session
        .run
        .deadLetters()
        .deadLetter(
            new ConsumerRecord<>("labeled-views", 0, 7, null, new byte[0]),
            "train",
            new BadRecordException("failed", "a view"));

    // when
    session.saveIfDue();

    // then
    assertThat(happened).isEmpty();
    assertThat(session.checkpoints.failure().orElseThrow()).contains("dead letters");

    // when: it is not known which topic it is
    fixture.takesRecords(true);
    fixture.brokersAnswer(false);
    fixture.advance(Duration.ofSeconds(30));
    session.saveIfDue();

    // then
    assertThat(happened).isEmpty();

    // when
    fixture.brokersAnswer(true);
    fixture.advance(Duration.ofSeconds(30));
    session.saveIfDue();

    // then
    assertThat(happened).containsExactly("evaluated");
    session.stop();
    assertThat(newest()).isEqualTo("step 10, release 1");
  }

  @Test
  void shouldSaveWhatIsUnsavedAfterAnInterval() throws Exception {
    // given
    session = new Session();
    session.train(3);

    // then
    assertThat(session.saveIfDue()).isEqualTo(Due.NOTHING);

    // when
    fixture.advance(Duration.ofSeconds(30));

    // then
    assertThat(session.saveIfDue()).isEqualTo(Due.CHECKPOINT_IF_UNSAVED);
    session.stop();
    session.close();
    assertThat(newest()).isEqualTo("step 3, release 1");
    long sequence = sequence();

    // when: nothing has changed since
    session = new Session();
    fixture.advance(Duration.ofSeconds(30));

    // then
    assertThat(session.saveIfDue()).isEqualTo(Due.CHECKPOINT_IF_UNSAVED);
    session.stop();
    assertThat(sequence()).isEqualTo(sequence);
  }

  @Test
  void shouldSaveNothingWhileTrainingMayDiverge() throws Exception {
    // given
    session = new Session();
    session.train(3);
    session.run.diverges(true);
    session.train(1);
    fixture.advance(Duration.ofSeconds(30));

    // then
    assertThat(session.saveIfDue()).isEqualTo(Due.NOTHING);
    session.stop();
    assertThat(TrainerDirectoryReader.newest(directory)).isEmpty();
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

  /** A run of the trainer, in which the test is the loop. */
  private final class Session {
    private final TrainerFixture.Run run;
    private final CheckpointCoordinator checkpoints;

    Session() throws IOException {
      run =
          fixture.open(
              "batch: {size: %d}\nupdates: 1\nrelease: {every-steps: 10}\n".formatted(BATCH),
              Optional.of(new HeldOutExamples()));
      checkpoints = run.checkpoints();
      checkpoints.begin();
      checkpoints.partitionStarted(0, 0);
    }

    void train(int steps) {
      BatchBuilder batches = new BatchBuilder(TrainerFixture.MODEL, 0.9);
      LabeledViewValidator validator = new LabeledViewValidator(TrainerFixture.MODEL, batches);
      for (int i = 0; i < steps; i++) {
        long first = run.session().training().viewsSeen();
        List<TrainingExample> views =
            LongStream.range(first, first + BATCH)
                .mapToObj(number -> validator.validate(LabeledViewFixtures.view(number)))
                .toList();
        run.session().guarded().train(views);
      }
    }

    void makePostponedRelease() throws InterruptedException {
      if (checkpoints.isReleasePostponed()) {
        saveIfDue();
      }
    }

    Due saveIfDue() throws InterruptedException {
      Due due = checkpoints.advance();
      if (due != Due.NOTHING) {
        checkpoints.write(due, position());
      }
      return due;
    }

    /** Waits until so many checkpoints are durable, and what follows from them is done. */
    void finish(int checkpointsInAll) {
      await()
          .pollInSameThread()
          .until(
              () -> {
                Due unused = checkpoints.advance();
                return savedSoFar() == checkpointsInAll;
              });
    }

    /** As the loop does when the service stops. */
    void stop() throws InterruptedException {
      run.stop();
      checkpoints.saveOnShutdown(position());
    }

    private LoopPosition position() {
      return new LoopPosition(
          Map.of(0, run.session().training().viewsSeen()),
          Map.of(),
          1,
          0.004,
          List.of(),
          List.of(),
          List.of());
    }

    void close() {
      run.close();
    }
  }

  /** Ten examples, of which every model names half; what is on the disk meanwhile is noted. */
  private final class HeldOutExamples implements EvaluationSet {
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
            "evaluated %d model%s; newest: %s"
                .formatted(models.size(), models.size() == 1 ? "" : "s", newest()));
      } catch (IOException | NoSuchElementException e) {
        happened.add("evaluated");
      }
      return models.stream()
          .map(model -> EvaluationResult.ofClasses(10, 0.5, 1, Optional.empty()))
          .toList();
    }
  }
}
