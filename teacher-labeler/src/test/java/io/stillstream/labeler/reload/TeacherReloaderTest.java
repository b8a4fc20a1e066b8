package io.stillstream.labeler.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherReloaderTest {
  private static final Duration OFTEN = Duration.ofMillis(5);

  @TempDir private Path temporary;
  private Path root;

  @BeforeEach
  void resolve() throws IOException {
    root = temporary.toRealPath();
  }

  @Test
  void shouldStartWithTheNewestThatCanBeUsed() throws Exception {
    // given
    TestModels.write(root.resolve("v2"), "2");
    TestModels.write(root.resolve("v9"), "9");
    TestModels.write(root.resolve("v10"), "10, broken");
    Files.createDirectory(root.resolve("v11"));

    // when
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      // then
      assertThat(recording.versions()).containsExactly("9");
      assertThat(recording.active.get(0).teacher().version()).isEqualTo("9");
      assertThat(recording.reloader.slots().get(0).lastFailure().orElseThrow().message())
          .isEqualTo("teacher: " + root.resolve("v10/model.pt") + " is broken");
    }
  }

  @Test
  void shouldSwapToANewerVersionAndCloseTheOldOne() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.reloader.pollEvery(OFTEN);

      // when
      TestModels.write(root.resolve("v2"), "2");

      // then
      await().untilAsserted(() -> assertThat(recording.versions()).containsExactly("2"));
      await().untilAsserted(() -> assertThat(recording.open()).isEqualTo(1));
      assertThat(recording.active).hasSize(1);
      assertThat(recording.active.get(0).teacher().version()).isEqualTo("2");
      assertThat(recording.reloader.activeTeachers().get(0).version()).isEqualTo("2");
      assertThat(recording.swaps).hasValue(1);
      assertThat(recording.failures).hasValue(0);
    }
  }

  @Test
  void shouldKeepTheOldOneWhateverIsWrongWithTheNewOne() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.reloader.pollEvery(OFTEN);
      List<String> bad = List.of("broken", "huge");

      // when
      for (int i = 0; i < bad.size(); i++) {
        int failures = i + 1;
        TestModels.write(root.resolve("v2"), bad.get(i));
        await().untilAsserted(() -> assertThat(recording.failures).hasValue(failures));
      }
      TestModels.write(root.resolve("v2"), "2", "b, a");
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(3));
      assertThat(lastFailure(recording))
          .isEqualTo("teacher: " + root.resolve("v2/model.pt") + " has b as class 0, taught is a");
      TestModels.write(root.resolve("v2"), "2", "a, b, c");
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(4));
      assertThat(lastFailure(recording))
          .endsWith(
              "answers classification with 3 classes, taught is classification with 2 classes");
      TestModels.describe(root.resolve("v2"), "name: [no");
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(5));
      assertThat(lastFailure(recording)).startsWith("teacher: bad configuration " + root);
      TestModels.put(
          root.resolve("v2"), "2", TestModels.yaml("2", "a, b") + "sha256: " + "f".repeat(64));
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(6));
      assertThat(lastFailure(recording))
          .startsWith("teacher: " + root.resolve("v2/model.pt") + " has sha256 ")
          .endsWith(", its description says " + "f".repeat(64));

      // then
      assertThat(recording.versions()).containsExactly("1");
      assertThat(recording.swaps).hasValue(0);

      // and: a mended one is taken
      TestModels.write(root.resolve("v2"), "2");
      await().untilAsserted(() -> assertThat(recording.versions()).containsExactly("2"));
      assertThat(recording.failures).hasValue(6);
    }
  }

  @Test
  void shouldKeepTheTaskAndTheGridOfTheAnswers() throws Exception {
    // given
    TestModels.put(root.resolve("v1"), "1", pixels("1", 2));
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.reloader.pollEvery(OFTEN);
      List<String> descriptions =
          List.of(
              pixels("2", 1),
              TestModels.yaml("2", "a, b"),
              TestModels.yaml("2", "") + "task: embedding\noutput: {dimensions: 8}\n");
      List<String> answers =
          List.of(
              "segmentation with 2 classes on 4 x 4 cells of stride 1",
              "classification with 2 classes",
              "embedding with 8 dimensions");

      for (int i = 0; i < answers.size(); i++) {
        // when
        int failures = i + 1;
        TestModels.put(root.resolve("v2"), "2", descriptions.get(i));

        // then
        await().untilAsserted(() -> assertThat(recording.failures).hasValue(failures));
        assertThat(lastFailure(recording))
            .isEqualTo(
                "teacher: %s answers %s, taught is segmentation with 2 classes on 2 x 2 cells of stride 2"
                    .formatted(root.resolve("v2/model.pt"), answers.get(i)));
      }
      assertThat(recording.versions()).containsExactly("1");

      // and: another one of the same shape is taken
      TestModels.put(root.resolve("v2"), "2", pixels("2", 2));
      await().untilAsserted(() -> assertThat(recording.versions()).containsExactly("2"));
    }
  }

  private static String pixels(String version, int stride) {
    return TestModels.yaml(version, "a, b")
        + "task: segmentation\noutput: {stride: %d}\n".formatted(stride);
  }

  @Test
  void shouldNotSwapToWhatTeachesAlready() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.reloader.pollEvery(OFTEN);

      // when
      TestModels.write(root.resolve("v2"), "1");

      // then
      await()
          .untilAsserted(
              () ->
                  assertThat(recording.reloader.slots().get(0).active().version().location())
                      .isEqualTo(root.resolve("v2").toString()));
      assertThat(recording.loaded).hasSize(1);
      assertThat(recording.swaps).hasValue(0);
    }
  }

  @Test
  void shouldRefuseAnotherDescriptionUnderTheSameVersion() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.reloader.pollEvery(OFTEN);

      // when
      TestModels.describe(
          root.resolve("v1"),
          TestModels.yaml("1", "a, b").replace("channels: 1", "channels: 1, mean: [0.5]"));

      // then
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(1));
      assertThat(lastFailure(recording)).endsWith("under the same version 1");
      assertThat(recording.swaps).hasValue(0);
    }
  }

  @Test
  void shouldNotTakeWhatChangesWhileItIsBeingLoaded() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    try (RecordingTeacherReloader recording = new RecordingTeacherReloader(root)) {
      recording.gate = new CountDownLatch(1);
      recording.reloader.pollEvery(OFTEN);

      // when
      TestModels.write(root.resolve("v2"), "2");
      await().until(() -> recording.reloader.slots().get(0).candidate().isPresent());
      Files.writeString(root.resolve("v2/model.pt"), "weights of 2, but others");
      recording.gate.countDown();

      // then
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(1));
      assertThat(lastFailure(recording)).endsWith("changed while it was being loaded");
      await().untilAsserted(() -> assertThat(recording.versions()).containsExactly("2"));
      await().untilAsserted(() -> assertThat(recording.open()).isEqualTo(1));
    }
  }

  @Test
  void shouldReplaceEachMemberOnItsOwn() throws Exception {
    // given
    Path left = Files.createDirectory(root.resolve("left"));
    Path right = Files.createDirectory(root.resolve("right"));
    TestModels.write(left.resolve("v1"), "l1");
    TestModels.write(right.resolve("v1"), "r1");
    try (RecordingTeacherReloader recording =
        new RecordingTeacherReloader(
            List.of(new TeacherSettings(left, 3), new TeacherSettings(right, 1)))) {
      recording.reloader.pollEvery(OFTEN);
      assertThat(recording.versions()).containsExactly("l1", "r1");

      // when
      TestModels.write(right.resolve("v2"), "r2");

      // then
      await().untilAsserted(() -> assertThat(recording.versions()).containsExactly("l1", "r2"));
      assertThat(recording.active)
          .extracting(TeacherLease.Contribution::weight)
          .containsExactly(0.75, 0.25);
      await().untilAsserted(() -> assertThat(recording.open()).isEqualTo(2));

      // and: what does not fit the others is refused
      TestModels.put(
          left.resolve("v2"),
          "l2",
          TestModels.yaml("l2", "a, b").replace("height: 4", "height: 5"));
      await().untilAsserted(() -> assertThat(recording.failures).hasValue(1));
      assertThat(lastFailure(recording)).startsWith("teachers[0]: no view fits all teachers");
      assertThat(recording.versions()).containsExactly("l1", "r2");
    }
  }

  @Test
  void shouldCloseEverythingWithItself() throws Exception {
    // given
    TestModels.write(root.resolve("v1"), "1");
    RecordingTeacherReloader recording = new RecordingTeacherReloader(root);
    TeacherLease lease = recording.reloader.pool().acquire();

    // when
    recording.close();

    // then
    assertThat(recording.open()).isEqualTo(1);
    lease.close();
    assertThat(recording.open()).isZero();
  }

  @Test
  void shouldLeaveNothingOpenWhenItCannotStart() throws Exception {
    // given
    Path good = TestModels.write(root.resolve("good"), "1");
    Path broken = TestModels.write(root.resolve("bad"), "broken");
    Path other = TestModels.write(root.resolve("other"), "2", "a, c");
    Path empty = Files.createDirectory(root.resolve("empty"));

    // then
    assertRefused(
        List.of(good, broken), "teachers[1]: " + broken.resolve("model.pt") + " is broken");
    assertRefused(
        List.of(good, other),
        "teachers[1]: " + other.resolve("model.pt") + " has c as class 1, taught is b");
    assertRefused(
        List.of(empty),
        "teacher: there is no teacher.yaml in "
            + empty
            + ", nor a directory in it that holds one and its model");
    Files.delete(good.resolve("model.pt"));
    assertRefused(
        List.of(good), "teacher: cannot read the model's file " + good.resolve("model.pt"));
    assertRefused(
        List.of(root.resolve("x")), "teacher: there is no model directory " + root.resolve("x"));
  }

  private static void assertRefused(List<Path> roots, String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new RecordingTeacherReloader(roots.toArray(Path[]::new)).close())
        .withMessage(message);
  }

  private static String lastFailure(RecordingTeacherReloader recording) {
    return recording.reloader.slots().stream()
        .flatMap(slot -> slot.lastFailure().stream())
        .findFirst()
        .orElseThrow()
        .message();
  }
}
