package io.stillstream.trainer.training.accuracy;

import static io.stillstream.trainer.training.accuracy.TaskViews.favouring;
import static io.stillstream.trainer.training.accuracy.TaskViews.segmented;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.answer.OutputShape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentationWindowTest {
  private static final OutputShape OUTPUT = OutputShape.segmentation(3, 2, 2, 2);
  private static final TaskScorer SCORER = TaskScorer.of(OUTPUT);

  private final SegmentationWindow window = new SegmentationWindow(4, 3);

  @Test
  void shouldKnowNothingWithoutImages() {
    assertThat(window.measures()).isEmpty();
    assertThat(window.studentAccuracy()).isEmpty();
    assertThat(window.agreement()).isEmpty();
    assertThat(window.confusion(3)).isEmpty();
    assertThat(window.newest(5).size()).isZero();
  }

  @Test
  void shouldMeasureTheSumOfTheCells() {
    // when
    window.add(masked());
    window.add(taught());

    // then: truth and student (0,0) (1,1) (1,0); truth and teacher (0,0) (1,0) (1,1)
    assertThat(window.size()).isEqualTo(2);
    assertThat(window.taught()).isEqualTo(2);
    assertThat(window.measures().get(Measure.PREQUENTIAL_MEAN_IOU)).isEqualTo(0.5);
    assertThat(window.measures().get(Measure.TEACHER_MEAN_IOU)).isEqualTo(0.5);
    assertThat(window.studentAccuracy()).hasValue(2.0 / 3);
    assertThat(window.measures()).containsEntry(Measure.PREQUENTIAL_PIXEL_ACCURACY, 2.0 / 3);
    // teacher and student (0,0) (0,1) (1,0) 3 x (2,2) (2,0): 1 of 4, 0 of 2, 3 of 4
    assertThat(window.measures().get(Measure.TEACHER_AGREEMENT_MEAN_IOU))
        .isCloseTo(1.0 / 3, within(1e-12));
    assertThat(window.agreement()).hasValue(4.0 / 7);
    assertThat(window.measures()).containsEntry(Measure.TEACHER_AGREEMENT_PIXELS, 4.0 / 7);
    assertThat(window.confusion(3).orElseThrow())
        .isDeepEqualTo(new long[][] {{1, 0, 0}, {1, 1, 0}, {0, 0, 0}});
    assertThat(window.classScores(3)).containsExactly(0.5, 0.5, Double.NaN);
  }

  @Test
  void shouldForgetTheOldest() {
    // when
    window.add(masked());
    for (int i = 0; i < 4; i++) {
      window.add(taught());
    }

    // then
    assertThat(window.size()).isEqualTo(4);
    assertThat(window.studentAccuracy()).isEmpty();
    assertThat(window.agreement()).hasValue(0.75);
    assertThat(window.measures())
        .containsOnlyKeys(Measure.TEACHER_AGREEMENT_MEAN_IOU, Measure.TEACHER_AGREEMENT_PIXELS);
  }

  @Test
  void shouldLookAtTheLatestAlone() {
    // given
    window.add(taught());
    window.add(masked());
    window.add(
        SCORER.outcome(
            segmented(OUTPUT, new int[] {0, 0, 0, 0}, null), favouring(OUTPUT, 0, 0, 0, 0), 0));

    // when
    SegmentationWindow newest = window.newest(1);

    // then: an image without a teacher's answer does not count
    assertThat(newest.size()).isEqualTo(2);
    assertThat(newest.taught()).isEqualTo(1);
    assertThat(newest.agreement()).hasValue(1.0 / 3);
    assertThat(newest.studentAccuracy()).hasValue(6.0 / 7);
  }

  @Test
  void shouldGoOnFromWhatItSavedInAnotherSize() {
    // given
    window.add(masked());
    window.add(taught());
    window.add(masked());
    SegmentationWindow same = new SegmentationWindow(4, 3);
    SegmentationWindow smaller = new SegmentationWindow(1, 3);
    same.add(taught());

    // when
    same.restore(window.save());
    smaller.restore(window.save());

    // then
    assertThat(same.size()).isEqualTo(3);
    assertThat(same.measures()).isEqualTo(window.measures());
    assertThat(same.save()).isEqualTo(window.save()).startsWith("s1:");
    assertThat(smaller.size()).isEqualTo(1);
    assertThat(smaller.agreement()).hasValue(1.0 / 3);
  }

  @Test
  void shouldBeginEmptyWithWhatAnotherTaskSaved() {
    // given
    window.add(masked());

    // when
    window.restore("2:BwcH");

    // then
    assertThat(window.size()).isZero();
    assertThat(window.measures()).isEmpty();
  }

  @Test
  void shouldKeepTheNewestAloneIfAllWouldBeTooLarge() {
    // given: cells of all classes, thousands of each image
    OutputShape large = OutputShape.segmentation(20, 64, 64, 1);
    TaskScorer scorer = TaskScorer.of(large);
    SegmentationWindow full = new SegmentationWindow(160, 20);
    Random random = new Random(1);
    float[] uniform = favouring(large, new int[large.cells()]);
    for (int image = 0; image < 160; image++) {
      int[] truth = random.ints(large.cells(), 0, 20).toArray();
      int[] teacher = random.ints(large.cells(), 0, 20).toArray();
      float[] student = favouring(large, random.ints(large.cells(), 0, 20).toArray());
      full.add(scorer.outcome(segmented(large, truth, teacher), student, 0));
    }

    // when
    String saved = full.save();
    SegmentationWindow restored = new SegmentationWindow(160, 20);
    restored.restore(saved);

    // then: a state of training has little room, and what is measured does not change
    assertThat(saved.length()).isBetween(900_000, 1_048_579);
    assertThat(full.size()).isBetween(100, 159);
    assertThat(restored.size()).isEqualTo(full.size());
    assertThat(restored.save()).isEqualTo(saved);
    assertThat(restored.measures()).isEqualTo(full.measures());
    assertThat(full.newest(full.size()).measures()).isEqualTo(full.measures());

    // when: there is room again for the images of before and more
    for (int image = 0; image < 160; image++) {
      full.add(scorer.outcome(segmented(large, new int[large.cells()], null), uniform, 0));
    }

    // then
    assertThat(full.size()).isEqualTo(160);
    assertThat(full.studentAccuracy()).hasValue(1);
  }

  private static OriginalOutcome masked() {
    return SCORER.outcome(
        segmented(OUTPUT, new int[] {0, 1, 1, 255}, new int[] {0, 0, 1, 1}),
        favouring(OUTPUT, 0, 1, 0, 2),
        0);
  }

  private static OriginalOutcome taught() {
    return SCORER.outcome(
        segmented(OUTPUT, null, new int[] {2, 2, 2, 2}), favouring(OUTPUT, 2, 2, 2, 0), 0);
  }
}
