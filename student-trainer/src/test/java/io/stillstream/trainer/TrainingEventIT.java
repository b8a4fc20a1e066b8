package io.stillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens to a student, through a broker. */
class TrainingEventIT extends TrainerTestBase {
  @Test
  void shouldChangeNoWeightAndNoReleaseForPoisonInTheTopic() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    for (int i = 0; i < 8 * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    TrainerService clean = start(directory.resolve("clean"), "");
    await().atMost(PATIENCE).until(() -> clean.viewsSeen() == 8 * BATCH);
    clean.close();

    // when
    suffix = CLUSTER.topics(1);
    float[] poison = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e7f};
    for (int i = 0; i < 8 * BATCH; i++) {
      LabeledView bad = LabeledViewFixtures.view(1_000 + i);
      bad.setLogits(FloatArrays.of(1, poison[i % poison.length], 3, 4, 5));
      sendView(bad);
      sendView(LabeledViewFixtures.view(i));
    }
    TrainerService poisoned = start(directory.resolve("poisoned"), "");
    await().atMost(PATIENCE).until(() -> poisoned.viewsSeen() == 8 * BATCH);
    poisoned.close();

    // then
    assertThat(
            TrainerDirectoryReader.tensors(
                newest(directory.resolve("poisoned")).resolve("weights.pt")))
        .isEqualTo(
            TrainerDirectoryReader.tensors(
                newest(directory.resolve("clean")).resolve("weights.pt")));
    assertThat(TrainerDirectoryReader.tensors(poisoned.currentRelease().resolve("student.pt")))
        .isEqualTo(TrainerDirectoryReader.tensors(clean.currentRelease().resolve("student.pt")));
    assertThat(records("letters-" + suffix)).hasSize(8 * BATCH);
  }

  @Test
  void shouldTellOfDriftAndOfAnotherTeacher() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    for (int i = 0; i < 60 * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }

    // when: another teacher calls everything otherwise
    for (int i = 60 * BATCH; i < 100 * BATCH; i++) {
      LabeledView view = LabeledViewFixtures.view(i);
      view.setTeachers(List.of(new Teacher("teacher", "2", "cd".repeat(32), 1.0, null)));
      float[] logits = FloatArrays.toArray(view.getLogits());
      view.setLogits(FloatArrays.of(logits[4], logits[0], logits[1], logits[2], logits[3]));
      sendView(view);
    }
    TrainerService trainer =
        start(
            directory.resolve("trainer"),
            """
            progress: {every: 50ms}
            release: {on-stop: false}
            evaluation: {held-out-topic: labeled-%s, held-out-images: 50, every-steps: 100}
            """
                .formatted(suffix));
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == 100 * BATCH);
    await().atMost(PATIENCE).until(() -> events().size() >= 2);
    trainer.close();

    // then
    List<StudentEvent> events = events();
    assertThat(events)
        .extracting(StudentEvent::getKind)
        .contains(StudentEventKind.DRIFT, StudentEventKind.TEACHER_CHANGED)
        .doesNotContain(StudentEventKind.ROLLBACK);
    StudentEvent change =
        events.stream()
            .filter(event -> event.getKind() == StudentEventKind.TEACHER_CHANGED)
            .findFirst()
            .orElseThrow();
    assertThat(change.getStudent()).isEqualTo("cnn");
    assertThat(change.getStep()).isEqualTo(61 * 4);
    assertThat(change.getViewsSeen()).isEqualTo(61 * BATCH);
    assertThat(change.getDetails().get("from")).startsWith("teacher@1 abab");
    assertThat(change.getDetails().get("to")).startsWith("teacher@2 cdcd");
    assertThat(meters.get("student.drift.events").tag("signal", "disagreement").counter().count())
        .isPositive();
    assertThat(Files.readAllLines(directory.resolve("trainer/ledger.jsonl")))
        .anyMatch(line -> line.contains("\"event\":\"drift\""))
        .anyMatch(line -> line.contains("\"event\":\"teacher_changed\""));
    assertThat(meters.get("student.held.out.accuracy").gauge().value()).isBetween(0.0, 1.0);
    assertThat(meters.get("student.held.out.loss").gauge().value()).isPositive();
    List<StudentProgress> progress = read("progress-" + suffix, StudentProgress.class);
    assertThat(progress).anyMatch(report -> report.getDisagreement() > 0.5);
    assertThat(Files.readString(newest(directory.resolve("trainer")).resolve("state.json")))
        .contains("\"watch\":{\"losses\"", "\"version\":\"2\"");
  }

  @Test
  void shouldGoBackAndThenEndWhenTrainingDivergesAndGoOnFromTheLastCheckpoint() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    Path trainer = directory.resolve("trainer");
    for (int i = 0; i < 10 * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    TrainerService first = start(trainer, "release: {on-stop: false}");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 10 * BATCH);
    first.close();
    for (int i = 10 * BATCH; i < 40 * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }

    // when
    TrainerService diverging =
        start(trainer, "optimiser: {learning-rate: 1.0e+30}\nguard: {max-rollbacks: 1}");

    // then
    assertThatThrownBy(diverging::awaitStop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("training diverges")
        .hasMessageContaining("of step 40, is sound");
    assertThat(diverging.health().live()).isFalse();
    assertThat(meters.get("student.rollbacks").tag("reason", "not_finite").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("student.steps.skipped").tag("reason", "loss").counter().count())
        .isPositive();
    await().atMost(PATIENCE).until(() -> !events().isEmpty());
    assertThat(events().get(0).getKind()).isEqualTo(StudentEventKind.ROLLBACK);
    assertThat(events().get(0).getDetails()).containsEntry("to_step", "40");

    // when: somebody has looked at it
    diverging.close();
    TrainerService last = start(trainer, "");

    // then
    assertThat(last.steps()).isGreaterThanOrEqualTo(40);
    await().atMost(PATIENCE).until(() -> last.viewsSeen() == 40 * BATCH);
    assertThat(meters.get("student.teacher.agreement").gauge().value()).isGreaterThan(0.5);
    assertThat(meters.get("student.calibration.error").gauge().value()).isBetween(0.0, 1.0);
  }

  private TrainerService start(Path trainer, String more) {
    return start("directory: " + trainer + "\n" + more);
  }

  private List<StudentEvent> events() {
    return read("events-" + suffix, StudentEvent.class);
  }
}
