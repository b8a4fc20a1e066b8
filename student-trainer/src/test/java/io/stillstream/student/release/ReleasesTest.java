package io.stillstream.student.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.student.checkpoint.Disk;
import io.stillstream.student.checkpoint.TrainerState;
import io.stillstream.student.checkpoint.TrainerState.TeacherId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleasesTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private ReleaseStore store;
  private Releases releases;

  @BeforeEach
  void open() throws IOException {
    store = new ReleaseStore(directory, 2, new Disk());
    releases = new Releases(store, MODEL, Map.of("updates", 4), InstantSource.fixed(NOW));
  }

  @Test
  void shouldBeAModelDirectoryWithACard() throws IOException {
    // when
    releases.publish(state(1), new byte[] {1, 2, 3}, Map.of("teacher_agreement", 0.5));

    // then
    ModelSpec released = ModelSpec.load(releases.current(), "student");
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
    assertThat(Files.readString(directory.resolve("1/model-card.json")))
        .contains("\"updates\" : 4")
        .contains("\"views_seen\" : 300");
  }

  @Test
  void shouldKeepTheNewestAndPointToIt() throws IOException {
    // when
    for (long version = 1; version <= 4; version++) {
      releases.publish(state(version), new byte[] {(byte) version}, Map.of());
    }

    // then
    assertThat(releases.current().toRealPath()).hasFileName("4");
    assertThat(store.exists(3)).isTrue();
    assertThat(store.exists(2)).isFalse();
  }

  @Test
  void shouldBeDueUntilItIsThere() throws IOException {
    // given
    assertThat(releases.isDue(state(1), new byte[] {1})).isTrue();

    // when
    releases.publish(state(1), new byte[] {1}, Map.of());

    // then
    assertThat(releases.isDue(state(1), new byte[] {1})).isFalse();
  }

  @Test
  void shouldBeDueWhenAnAbandonedTrainingLeftTheSameVersion() throws IOException {
    // given
    releases.publish(state(1, 200), new byte[] {1}, Map.of());

    // then
    assertThat(releases.isDue(state(1, 100), new byte[] {1})).isTrue();
    assertThat(releases.isDue(state(1, 200), new byte[] {2})).isTrue();
    assertThat(releases.isDue(state(1, 200), new byte[] {1})).isFalse();
  }

  @Test
  void shouldTellOfAReleaseUntilSomebodyHeardIt() throws IOException {
    // given
    releases.publish(state(1), new byte[] {1}, Map.of());
    assertThat(releases.unannounced(1)).isPresent();

    // when
    releases.announced(1);

    // then
    assertThat(releases.unannounced(1)).isEmpty();
    assertThat(new ReleaseStore(directory, 2, new Disk()).announced()).isEqualTo(1);
  }

  @Test
  void shouldTellAgainOfAReleaseThatIsMadeAgain() throws IOException {
    // given
    releases.publish(state(1), new byte[] {1}, Map.of());
    releases.announced(1);

    // when
    releases.publish(state(1), new byte[] {2}, Map.of());

    // then
    assertThat(releases.unannounced(1)).isPresent();
    assertThat(store.directory(1).resolve("student.pt")).hasBinaryContent(new byte[] {2});
  }

  private static TrainerState state(long version) {
    return state(version, 100);
  }

  private static TrainerState state(long version, long step) {
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
        "",
        version,
        step,
        0);
  }
}
