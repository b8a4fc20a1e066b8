package io.stillstream.trainer.training.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.accuracy.EmbeddingOutcome;
import io.stillstream.trainer.training.accuracy.OriginalOutcome;
import io.stillstream.trainer.training.accuracy.PrequentialOutcome;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.accuracy.TaskViews;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {
  private static final int BATCH = 32;
  private final Random random = new Random(1);
  private final DriftDetector watch = new DriftDetector(1e-4);

  @Test
  void shouldSayNothingWhileTheStudentLearns() {
    // when: disagreement falls from 0.9 to 0.1
    for (int batch = 0; batch < 200; batch++) {
      double disagreement = Math.max(0.1, 0.9 - batch * 0.01);

      // then
      assertThat(watch.watch(outcomes(disagreement, 0, 9))).isEmpty();
    }
  }

  @Test
  void shouldNameTheClassesThatTheTeacherNamesOtherwise() {
    // given
    for (int batch = 0; batch < 100; batch++) {
      watch.watch(outcomes(0.05, 0, 9));
    }

    // when: images that the teacher now calls 3 or 7 are what the student calls otherwise
    Drift drift = null;
    List<Integer> stale = new ArrayList<>();
    for (int batch = 0; batch < 20; batch++) {
      List<PrequentialOutcome> outcomes = new ArrayList<>();
      for (PrequentialOutcome outcome : outcomes(0.05, 0, 9)) {
        boolean flipped = outcome.teacher() == 3 || outcome.teacher() == 7;
        outcomes.add(flipped ? differing(outcome.teacher()) : outcome);
      }
      Optional<Drift> now = watch.watch(outcomes);
      if (now.isPresent()) {
        drift = drift == null ? now.get() : drift;
        stale.addAll(now.get().stale());
      }
    }

    // then
    assertThat(drift).isNotNull();
    assertThat(stale).contains(3, 7).doesNotContain(0, 1, 2, 4, 5, 6, 8, 9);
    assertThat(drift.signals().values()).allMatch(Adwin.Change::isRise);
  }

  @Test
  void shouldTellNewClassesFromATeacherThatChangedItsMind() {
    // given: two classes, well known
    for (int batch = 0; batch < 100; batch++) {
      watch.watch(outcomes(0.02, 0, 1));
    }

    // when: two others, of which the student knows nothing
    List<Drift> drifts = new ArrayList<>();
    for (int batch = 0; batch < 40; batch++) {
      watch.watch(outcomes(Math.max(0.05, 1 - 0.05 * batch), 2, 3)).ifPresent(drifts::add);
    }

    // then: it is a drift, but nothing that was learned is wrong
    assertThat(drifts).isNotEmpty();
    assertThat(drifts).allSatisfy(drift -> assertThat(drift.stale()).isEmpty());
    assertThat(drifts.get(0).signals()).containsKey(DriftDetector.DISAGREEMENT);
  }

  @Test
  void shouldKeepWhatIsStoredOfAClassThatNewOnesAreOnlyMistakenFor() {
    // given: two classes that are known
    for (int batch = 0; batch < 60; batch++) {
      watch.watch(outcomes(0.02, 0, 1));
    }

    // when: another one comes, of which the teacher takes every tenth for class 0, and the student
    // has learnt to know it
    List<Drift> drifts = new ArrayList<>();
    for (int batch = 0; batch < 40; batch++) {
      List<PrequentialOutcome> outcomes = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        outcomes.add(new PrequentialOutcome(-1, random.nextInt(10) == 0 ? 0 : 2, 2, 1, 0, 0));
      }
      watch.watch(outcomes).ifPresent(drifts::add);
    }

    // then
    assertThat(drifts).isNotEmpty();
    assertThat(drifts).allSatisfy(drift -> assertThat(drift.stale()).isEmpty());
  }

  @Test
  void shouldNoticeErrorsByTheLabelWithoutATeacher() {
    // given
    List<PrequentialOutcome> right = new ArrayList<>();
    List<PrequentialOutcome> wrong = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      right.add(new PrequentialOutcome(1, -1, 1, 1, Float.NaN, 0));
      wrong.add(new PrequentialOutcome(1, -1, 0, 1, Float.NaN, 0));
    }
    for (int batch = 0; batch < 30; batch++) {
      assertThat(watch.watch(right)).isEmpty();
    }

    // when
    Optional<Drift> drift = watch.watch(wrong);

    // then
    assertThat(drift).isPresent();
    assertThat(drift.get().signals()).containsOnlyKeys(DriftDetector.ERROR);
    assertThat(watch.watch(wrong)).as("it is not told twice").isEmpty();
  }

  @Test
  void shouldNoticeThatPixelsDiffer() {
    // given: of ten cells, the student has nine as the mask and the teacher do
    OutputShape output = OutputShape.segmentation(2, 2, 5, 1);
    TaskScorer scorer = TaskScorer.of(output);
    int[] none = new int[10];
    TrainingExample view = TaskViews.segmented(output, none, none);
    OriginalOutcome usual =
        scorer.outcome(view, TaskViews.favouring(output, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
    OriginalOutcome worse =
        scorer.outcome(view, TaskViews.favouring(output, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), 0);
    for (int batch = 0; batch < 30; batch++) {
      assertThat(watch.watch(Collections.nCopies(BATCH, usual))).isEmpty();
    }

    // when
    Optional<Drift> drift = watch.watch(Collections.nCopies(BATCH, worse));

    // then
    assertThat(drift).isPresent();
    assertThat(drift.get().signals())
        .containsOnlyKeys(DriftDetector.DISAGREEMENT, DriftDetector.ERROR);
    assertThat(drift.get().stale()).isEmpty();
    assertThat(drift.get().facts())
        .containsEntry("signals", "disagreement, error")
        .containsEntry("disagreement.before", "0.1000");
  }

  @Test
  void shouldNoticeThatEmbeddingsTurnAway() {
    // given
    for (int batch = 0; batch < 30; batch++) {
      watch.watch(Collections.nCopies(BATCH, new EmbeddingOutcome(0.95f)));
    }

    // when
    Optional<Drift> drift = watch.watch(Collections.nCopies(BATCH, new EmbeddingOutcome(-0.5f)));

    // then: views without a teacher's answer say nothing
    assertThat(drift.orElseThrow().signals()).containsOnlyKeys(DriftDetector.DISAGREEMENT);
    assertThat(watch.watch(List.of(new EmbeddingOutcome(Float.NaN)))).isEmpty();
  }

  @Test
  void shouldKnowHowLongThingsHaveBeenAsTheyAre() {
    // given
    for (int batch = 0; batch < 30; batch++) {
      watch.watch(outcomes(0.05, 0, 9));
    }
    assertThat(watch.sameAsNow()).isEqualTo(30 * BATCH);

    // when
    watch.watch(outcomes(1, 0, 9));
    watch.watch(outcomes(1, 0, 9));

    // then: all but a few are from since
    assertThat(watch.sameAsNow()).isBetween(50L, 80L);
  }

  @Test
  void shouldGoOnFromWhatItSaved() {
    // given
    for (int batch = 0; batch < 30; batch++) {
      watch.watch(outcomes(0.05, 0, 9));
    }
    DriftDetector other = new DriftDetector(1e-4);

    // when
    other.restore(watch.save());

    // then
    List<PrequentialOutcome> bad = outcomes(1, 0, 9);
    Optional<Drift> expected = watch.watch(bad);
    assertThat(expected).isPresent();
    assertThat(other.watch(bad)).isEqualTo(expected);
  }

  /** With classes of the teacher from first to last, each as likely. */
  private List<PrequentialOutcome> outcomes(double disagreement, int first, int last) {
    List<PrequentialOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int teacher = first + random.nextInt(last - first + 1);
      outcomes.add(
          random.nextDouble() < disagreement
              ? differing(teacher)
              : new PrequentialOutcome(-1, teacher, teacher, 1, 0, 0));
    }
    return outcomes;
  }

  private static PrequentialOutcome differing(int teacher) {
    return new PrequentialOutcome(-1, teacher, teacher + 1, 1, 1, 0);
  }
}
