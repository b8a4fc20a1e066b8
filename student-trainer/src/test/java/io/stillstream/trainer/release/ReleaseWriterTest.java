package io.stillstream.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.OnnxFile;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private ReleaseStore store;
  private ReleaseWriter releases;

  /** How often it was asked who the owner is, and after how many times it is another one. */
  private int asked;

  private int takenOverAfter = -1;

  @BeforeEach
  void open() throws IOException {
    store = new ReleaseStore(directory, new DurableFiles());
    releases =
        new ReleaseWriter(
            store,
            2,
            MODEL,
            Map.of("updates", 4),
            () -> {
              if (asked++ == takenOverAfter) {
                throw new IllegalStateException("another trainer took over");
              }
            },
            InstantSource.fixed(NOW),
            Optional.empty());
  }

  @Test
  void shouldBeAModelDirectoryWithACard() throws IOException {
    // when
    releases.write(
        state(1),
        new byte[] {1, 2, 3},
        new ReleaseMeasurements(
            Map.of("teacher_agreement", 0.5),
            ReleaseConfusion.window(4, new long[][] {{2, 1}, {0, 0}})));

    // then
    ModelSpec released = ModelSpec.load(store.current(), "student");
    assertThat(released.name()).isEqualTo("cnn");
    assertThat(released.version()).isEqualTo("1");
    assertThat(released.classes()).isEqualTo(MODEL.classes());
    assertThat(released.mean()).isEqualTo(MODEL.mean());
    assertThat(released.std()).isEqualTo(MODEL.std());
    assertThat(released.file()).hasFileName("student.pt").hasBinaryContent(new byte[] {1, 2, 3});
    StudentRelease event = releases.unannounced(1).orElseThrow();
    assertThat(event.getSha256()).isEqualTo(released.sha256());
    assertThat(event.getStep()).isEqualTo(100);
    assertThat(event.getOffsets().get(0).getOffset()).isEqualTo(7);
    assertThat(event.getMetrics()).containsEntry("teacher_agreement", 0.5);
    assertThat(event.getCreatedAt()).isEqualTo(NOW);
    assertThat(event.getTask()).isEqualTo("classification");
    assertThat(Files.readString(directory.resolve("1/model-card.json")))
        .contains("\"task\" : \"classification\"")
        .contains("\"updates\" : 4")
        .contains("\"views_seen\" : 300")
        .contains("\"alias\" : \"champion\"");
    assertThat(Release.read(store, 1).card().confusion())
        .isEqualTo(new ReleaseConfusion("window", 4, List.of(List.of(2L, 1L), List.of(0L, 0L))));
    assertThat(Release.read(store, 1).card().offsetRanges())
        .containsExactly(new ModelCard.OffsetRange(0, 3, 7));
    assertThat(Release.read(store, 1).model()).containsExactly(1, 2, 3);
  }

  @Test
  void shouldCarryTheStudentAsOnnx() throws IOException {
    // given
    List<byte[]> exported = new ArrayList<>();
    releases =
        writer(
            student -> {
              exported.add(student);
              return new OnnxModel(new byte[] {7, 8}, 17);
            });
    byte[] student = {1, 2, 3};

    // when
    releases.prepare(student);
    releases.write(state(1), student, ReleaseMeasurements.NONE);

    // then: it was made once
    assertThat(exported).containsExactly(student);
    Path file = store.directory(1).resolve("student.onnx");
    assertThat(file).hasBinaryContent(new byte[] {7, 8});
    String sha256 = Sha256.hex(new byte[] {7, 8});
    Release release = Release.read(store, 1);
    assertThat(release.card().onnx())
        .isEqualTo(new ModelCard.OnnxEntry("student.onnx", sha256, 17));
    assertThat(releases.unannounced(1).orElseThrow().getOnnx())
        .isEqualTo(new OnnxFile("student.onnx", sha256, 17L));
    assertThat(ModelSpec.load(store.directory(1), "student").file()).hasFileName("student.pt");
    assertThatCode(release::verify).doesNotThrowAnyException();

    // when
    Files.write(file, new byte[] {7});

    // then
    assertThatThrownBy(() -> new ManualPromotion(store).promote(1))
        .isInstanceOf(ReleaseException.class)
        .hasMessageStartingWith(release.directory().resolve("student.onnx") + " is damaged: ");
  }

  @Test
  void shouldMakeNoReleaseOfAStudentThatCannotBeExported() throws IOException {
    // given
    releases =
        writer(
            student -> {
              throw new OnnxMismatchException("it answers otherwise");
            });
    byte[] student = {1, 2, 3};

    // then
    assertThatThrownBy(() -> releases.prepare(student)).isInstanceOf(OnnxMismatchException.class);
    assertThatThrownBy(() -> releases.write(state(1), student, ReleaseMeasurements.NONE))
        .isInstanceOf(OnnxMismatchException.class)
        .hasMessage("it answers otherwise");
    assertThat(store.versions()).isEmpty();
  }

  @Test
  void shouldReadACardFromBeforeThereWereOnnxFiles() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);

    // then
    assertThat(store.directory(1).resolve(ModelCard.NAME)).content().doesNotContain("onnx");
    assertThat(Release.read(store, 1).card().onnx()).isNull();
    assertThat(releases.unannounced(1).orElseThrow().getOnnx()).isNull();
    assertThatCode(Release.read(store, 1)::verify).doesNotThrowAnyException();
  }

  @Test
  void shouldKeepTheNewestAndPointToIt() throws IOException {
    // when
    for (long version = 1; version <= 4; version++) {
      releases.write(state(version), new byte[] {(byte) version}, ReleaseMeasurements.NONE);
    }

    // then
    assertThat(store.current().toRealPath()).hasFileName("4");
    assertThat(store.exists(3)).isTrue();
    assertThat(store.exists(2)).isFalse();
  }

  @Test
  void shouldBeDueUntilItIsThere() throws IOException {
    // given
    assertThat(releases.isMissing(state(1), new byte[] {1})).isTrue();

    // when
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);

    // then
    assertThat(releases.isMissing(state(1), new byte[] {1})).isFalse();
  }

  @Test
  void shouldBeDueWhenAnAbandonedTrainingLeftTheSameVersion() throws IOException {
    // given
    releases.write(state(1, 200), new byte[] {1}, ReleaseMeasurements.NONE);

    // then
    assertThat(releases.isMissing(state(1, 100), new byte[] {1})).isTrue();
    assertThat(releases.isMissing(state(1, 200), new byte[] {2})).isTrue();
    assertThat(releases.isMissing(state(1, 200), new byte[] {1})).isFalse();
  }

  @Test
  void shouldTellOfAReleaseUntilSomebodyHeardIt() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    assertThat(releases.unannounced(1)).isPresent();

    // when
    releases.announced(1);

    // then
    assertThat(releases.unannounced(1)).isEmpty();
    assertThat(store.announced()).isEqualTo(1);
  }

  @Test
  void shouldTellAgainOfAReleaseThatIsMadeAgain() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.announced(1);

    // when
    releases.write(state(1), new byte[] {2}, ReleaseMeasurements.NONE);

    // then
    assertThat(releases.unannounced(1)).isPresent();
    assertThat(store.directory(1).resolve("student.pt")).hasBinaryContent(new byte[] {2});
  }

  @Test
  void shouldKeepAChallengerThatFailedAndNotPointToIt() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);

    // when
    releases.write(state(2, 200, failed(1)), new byte[] {2}, ReleaseMeasurements.NONE);

    // then
    assertThat(store.champion()).hasValue(1);
    ModelCard card = Release.read(store, 2).card();
    assertThat(card.wasChampion()).isFalse();
    assertThat(card.gate()).isEqualTo(failed(1).verdict());
  }

  @Test
  void shouldNotLetFailedChallengersPushOutChampions() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.write(state(2), new byte[] {2}, ReleaseMeasurements.NONE);

    // when
    for (long version = 3; version <= 9; version++) {
      releases.write(
          state(version, 100, failed(2)), new byte[] {(byte) version}, ReleaseMeasurements.NONE);
    }

    // then
    assertThat(store.versions()).containsExactly(1L, 2L, 8L, 9L);
    assertThat(store.champion()).hasValue(2);
  }

  @Test
  void shouldFinishWhatACrashLeftBetweenTheFilesAndTheLink() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.announced(1);
    releases.write(state(2), new byte[] {2}, ReleaseMeasurements.NONE);
    store.setChampion(1);

    // when
    releases.repairCurrentLink(state(2));

    // then
    assertThat(store.champion()).hasValue(2);
  }

  @Test
  void shouldLeaveAPersonsChoiceAlone() throws IOException {
    // given: version 2 was not announced yet
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.announced(1);
    releases.write(state(2), new byte[] {2}, ReleaseMeasurements.NONE);

    // when
    Release promoted = new ManualPromotion(store).promote(1);
    releases.repairCurrentLink(state(2));

    // then
    assertThat(promoted.event().getVersion()).isEqualTo(1);
    assertThat(store.champion()).hasValue(1);
    assertThat(releases.unannounced(2)).isEmpty();
  }

  @Test
  void shouldGoBackWhenAnOlderCheckpointUndidARelease() throws IOException {
    // given
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.write(state(2), new byte[] {2}, ReleaseMeasurements.NONE);

    // when
    releases.repairCurrentLink(state(1));

    // then
    assertThat(store.champion()).hasValue(1);
  }

  @Test
  void shouldLeaveToATrainerThatTookOverWhateverItHasMade() throws IOException {
    // given: the releases of the later one, which made version 1 anew, and went on
    releases.write(state(1), new byte[] {1}, ReleaseMeasurements.NONE);
    releases.write(state(2), new byte[] {2}, ReleaseMeasurements.NONE);
    releases.announced(2);

    for (int moment = 0; moment < 2; moment++) {
      // when: the former one goes on in the midst of making it
      takenOverAfter = asked + moment;
      assertThatThrownBy(() -> releases.write(state(1), new byte[] {9}, ReleaseMeasurements.NONE))
          .isInstanceOf(IllegalStateException.class);

      // then
      assertThat(Release.read(store, 1).model()).containsExactly(1);
      assertThat(store.champion()).hasValue(2);
    }

    // when: later still
    takenOverAfter = asked + 2;
    assertThatThrownBy(() -> releases.write(state(1), new byte[] {9}, ReleaseMeasurements.NONE))
        .isInstanceOf(IllegalStateException.class);

    // then
    assertThat(store.champion()).hasValue(2);
  }

  private ReleaseWriter writer(OnnxExporter exporter) throws IOException {
    return new ReleaseWriter(
        store, 2, MODEL, Map.of(), () -> {}, InstantSource.fixed(NOW), Optional.of(exporter));
  }

  private static TrainerState state(long version) {
    return state(version, 100);
  }

  private static TrainerState state(long version, long step) {
    return state(
        version, step, new PromotionState(version, version, "", Map.of(0, 3L), null, false));
  }

  private static PromotionState failed(long champion) {
    GateDecision verdict = new GateDecision(false, "window", champion, 100, 0.5, 0.7, 0.01);
    return new PromotionState(champion, champion, "", Map.of(), verdict, false);
  }

  private static TrainerState state(long version, long step, PromotionState promotion) {
    return new TrainerState(
        "cnn",
        "ab",
        "labeled-views",
        Map.of(0, 7L),
        step,
        300,
        0,
        List.of(new TeacherId("teacher", "1", "cd")),
        List.of("policy"),
        0.25,
        0.004,
        "",
        version,
        step,
        0,
        List.of(),
        promotion,
        null,
        List.of(),
        Map.of(),
        TopicIdentity.UNKNOWN,
        Map.of());
  }
}
