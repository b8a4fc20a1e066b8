package io.stillstream.trainer.training.accuracy;

import static io.stillstream.trainer.training.accuracy.TaskViews.favouring;
import static io.stillstream.trainer.training.accuracy.TaskViews.masks;
import static io.stillstream.trainer.training.accuracy.TaskViews.segmented;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows whose images get their masks later, against those that had them from the beginning. */
class RemaskedWindowTest {
  private static final OutputShape OUTPUT = OutputShape.segmentation(3, 2, 3, 2);
  private static final int CAPACITY = 30;

  private final Random random = new Random(2);

  /**
   * An image as it came.
   *
   * @param truth of now, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, then only read
  private record Came(long image, boolean cropped, int[] teacher, int[] student, int[] truth) {
    OriginalOutcome outcome() {
      TrainingExample view = segmented(OUTPUT, truth, teacher, image);
      return TaskScorer.of(OUTPUT)
          .outcome(cropped ? view.asCropped() : view, favouring(OUTPUT, student), 0);
    }

    Came with(int[] mask) {
      return new Came(image, cropped, teacher, student, mask);
    }
  }

  @Test
  void shouldMeasureWhatItWouldIfMasksHadBeenKnown() {
    // given
    SegmentationWindow window = window();
    List<Came> all = new ArrayList<>();

    for (int i = 1; i <= 600; i++) {
      // when: some images are not known, some have a mask of their own, some no teacher
      Came came =
          new Came(
              random.nextInt(10) == 0 ? 0 : i,
              random.nextBoolean(),
              random.nextInt(4) == 0 ? null : classes(3),
              classes(3),
              random.nextInt(3) == 0 ? truth() : null);
      window.add(came.outcome());
      all.add(came);
      for (int labels = random.nextInt(3); labels > 0; labels--) {
        long image = Math.max(1, i - random.nextInt(2 * CAPACITY));
        int[] stretched = truth();
        int[] cropped = truth();
        boolean isThere = latest(all).stream().anyMatch(each -> each.image == image);
        assertThat(window.remask(image, masks(OUTPUT, stretched, cropped))).isEqualTo(isThere);
        all.replaceAll(
            each -> each.image == image ? each.with(each.cropped ? cropped : stretched) : each);
      }
      if (random.nextInt(30) == 0) {
        String saved = window.save();
        window = window();
        window.restore(saved);
        assertThat(window.save()).isEqualTo(saved).startsWith("s2:");
      }

      // then
      SegmentationWindow expected = window();
      latest(all).forEach(each -> expected.add(each.outcome()));
      assertThat(window.save()).isEqualTo(expected.save());
      assertThat(window.measures()).isEqualTo(expected.measures());
      assertThat(window.classScores(3)).isEqualTo(expected.classScores(3));
      assertThat(window.confusion(3).orElseThrow())
          .isDeepEqualTo(expected.confusion(3).orElseThrow());
      assertThat(window.newest(7).save()).isEqualTo(expected.newest(7).save()).startsWith("s1:");
    }
  }

  @Test
  void shouldKeepNothingMoreThanBeforeWhereNoTruthIsExpected() {
    // given
    SegmentationWindow window = new SegmentationWindow(CAPACITY, 3);

    // when
    window.add(new Came(1, false, null, classes(3), truth()).outcome());

    // then
    assertThat(window.remask(1, masks(OUTPUT, truth(), truth()))).isFalse();
    assertThat(window.save()).startsWith("s1:");
  }

  @Test
  void shouldForgetOfWhichImageAnOutcomeIs() {
    // given
    SegmentationWindow window = window();
    int[] zeros = new int[OUTPUT.cells()];
    window.add(new Came(1, false, zeros, zeros, null).outcome());

    // when
    window.erase(image -> image == 1);

    // then
    assertThat(window.remask(1, masks(OUTPUT, zeros, zeros))).isFalse();
    assertThat(window.agreement()).hasValue(1);
    assertThat(window.save()).startsWith("s1:");
  }

  /** Nothing would erase them. */
  @Test
  void shouldNotSaveImagesOnceNoTruthIsExpectedAnyMore() {
    // given
    SegmentationWindow before = window();
    before.add(new Came(1, false, classes(3), classes(3), truth()).outcome());
    assertThat(before.save()).startsWith("s2:");
    SegmentationWindow window = new SegmentationWindow(CAPACITY, 3);

    // when
    window.restore(before.save());

    // then
    SegmentationWindow again = new SegmentationWindow(CAPACITY, 3);
    again.restore(window.save());
    assertThat(window.save()).startsWith("s1:");
    assertThat(again.measures()).isEqualTo(before.measures());
  }

  /** The larger part of what is kept of an image is what was said of its cells. */
  @Test
  void shouldKeepWhatWasSaidOfTheLatestImagesThatThereIsRoomFor() {
    // given
    OutputShape large = OutputShape.segmentation(2, 128, 128, 1);
    SegmentationWindow window = new SegmentationWindow(240, 2);
    window.expectTruth();
    int[] truth = new int[large.cells()];

    // when
    for (int image = 1; image <= 240; image++) {
      TrainingExample view =
          segmented(large, null, random.ints(large.cells(), 0, 2).toArray(), image);
      float[] student = favouring(large, random.ints(large.cells(), 0, 2).toArray());
      window.add(TaskScorer.of(large).outcome(view, student, 0));
    }

    // then: all are measured
    assertThat(window.size()).isEqualTo(240);
    assertThat(window.save().length()).isBetween(900_000, 1_048_579);
    assertThat(window.remask(1, masks(large, truth, truth))).isFalse();
    assertThat(window.remask(240, masks(large, truth, truth))).isTrue();
    assertThat(window.confusion(2).orElseThrow()[0])
        .satisfies(counts -> assertThat(counts[0] + counts[1]).isEqualTo(large.cells()));
    assertThat(window.confusion(2).orElseThrow()[1]).containsExactly(0, 0);
  }

  private static SegmentationWindow window() {
    SegmentationWindow window = new SegmentationWindow(CAPACITY, 3);
    window.expectTruth();
    return window;
  }

  private int[] classes(int k) {
    return random.ints(OUTPUT.cells(), 0, k).toArray();
  }

  /** With cells that are to be ignored. */
  private int[] truth() {
    return random
        .ints(OUTPUT.cells(), 0, 4)
        .map(id -> id == 3 ? SegmentationMask.IGNORE : id)
        .toArray();
  }

  private static List<Came> latest(List<Came> all) {
    return all.subList(Math.max(0, all.size() - CAPACITY), all.size());
  }
}
