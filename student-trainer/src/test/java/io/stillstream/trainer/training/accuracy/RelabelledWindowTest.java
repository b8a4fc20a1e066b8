package io.stillstream.trainer.training.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows whose images get their labels later, against those that had them from the beginning. */
class RelabelledWindowTest {
  private static final int CAPACITY = 50;
  private static final int CLASSES = 4;

  @Test
  void shouldMeasureWhatItWouldIfLabelsHadBeenKnown() {
    // given
    Random random = new Random(3);
    PrequentialWindow window = window(CAPACITY);
    List<PrequentialOutcome> all = new ArrayList<>();
    Map<Long, Integer> late = new HashMap<>();

    for (int i = 1; i <= 1500; i++) {
      // when: some images come twice, some are not known, some have a label of their own
      long image = random.nextInt(12) == 0 ? 0 : 1L + i - random.nextInt(1 + random.nextInt(3));
      PrequentialOutcome outcome =
          new PrequentialOutcome(
              late.getOrDefault(image, random.nextInt(4) - 1),
              random.nextInt(CLASSES + 1) - 1,
              random.nextInt(CLASSES),
              random.nextFloat(),
              random.nextFloat(),
              image);
      window.add(outcome);
      all.add(outcome);
      for (int labels = random.nextInt(3); labels > 0; labels--) {
        long labelled = Math.max(1, i - random.nextInt(2 * CAPACITY));
        int label = random.nextInt(CLASSES);
        late.put(labelled, label);
        boolean isThere = latest(all).stream().anyMatch(each -> each.image() == labelled);
        assertThat(window.relabel(labelled, label)).isEqualTo(isThere);
      }
      if (random.nextInt(30) == 0) {
        PrequentialWindow restored = window(CAPACITY);
        restored.restore(window.save());
        window = restored;
      }

      // then: all is as in a window that sees the labels of today at once
      PrequentialWindow expected = window(CAPACITY);
      latest(all).stream()
          .map(
              each ->
                  each.image() != 0 && late.containsKey(each.image())
                      ? each.withLabel(late.get(each.image()))
                      : each)
          .forEach(expected::add);
      assertThat(window.save()).isEqualTo(expected.save());
      assertThat(window.measures()).isEqualTo(expected.measures());
      assertThat(window.studentAccuracy()).isEqualTo(expected.studentAccuracy());
      assertThat(window.classScores(CLASSES)).isEqualTo(expected.classScores(CLASSES));
      assertThat(window.confusion(CLASSES).orElseThrow())
          .isDeepEqualTo(expected.confusion(CLASSES).orElseThrow());
      assertThat(window.newest(9).save()).isEqualTo(expected.newest(9).save());
    }
  }

  @Test
  void shouldCountLabelsOfAWindowThatAnEarlierVersionSaved() {
    // given: label, teacher, student, confidence, divergence
    ByteBuffer saved = ByteBuffer.allocate(40);
    saved.putInt(-1).putInt(2).putInt(1).putFloat(0.5f).putFloat(1);
    saved.putInt(1).putInt(-1).putInt(1).putFloat(0.5f).putFloat(Float.NaN);
    PrequentialWindow window = window(5);

    // when
    window.restore("2:" + Base64.getEncoder().encodeToString(saved.array()));

    // then: of which images they are is not known
    assertThat(window.size()).isEqualTo(2);
    assertThat(window.studentAccuracy()).hasValue(1);
    assertThat(window.agreement()).hasValue(0);
    assertThat(window.relabel(77, 0)).isFalse();
    window.add(new PrequentialOutcome(-1, 0, 0, 0.5f, 0, 77));
    assertThat(window.relabel(77, 3)).isTrue();
    assertThat(window.studentAccuracy()).hasValue(0.5);
  }

  @Test
  void shouldForgetOfWhichImageAnOutcomeIs() {
    // given
    PrequentialWindow window = window(5);
    window.add(new PrequentialOutcome(1, 0, 1, 0.5f, 0, 77));
    window.add(new PrequentialOutcome(1, 0, 1, 0.5f, 0, 78));

    // when
    window.erase(image -> image == 77);

    // then
    assertThat(window.relabel(77, 0)).isFalse();
    assertThat(window.relabel(78, 0)).isTrue();
    assertThat(window.studentAccuracy()).hasValue(0.5);
  }

  @Test
  void shouldRememberNoImagesWhereNoTruthIsExpected() {
    // given
    PrequentialWindow window = new PrequentialWindow(5);

    // when
    window.add(new PrequentialOutcome(1, 0, 1, 0.5f, 0, 77));

    // then: it is saved as before
    assertThat(window.relabel(77, 0)).isFalse();
    assertThat(window.save()).startsWith("2:");
    assertThat(window.studentAccuracy()).hasValue(1);
  }

  /** Nothing would erase them. */
  @Test
  void shouldNotSaveImagesOnceNoTruthIsExpectedAnyMore() {
    // given
    PrequentialWindow before = window(5);
    before.add(new PrequentialOutcome(1, 0, 1, 0.5f, 0, 77));
    assertThat(before.save()).startsWith("3:");
    PrequentialWindow window = new PrequentialWindow(5);

    // when
    window.restore(before.save());

    // then
    assertThat(window.save()).startsWith("2:");
    assertThat(window.studentAccuracy()).hasValue(1);
  }

  private static PrequentialWindow window(int capacity) {
    PrequentialWindow window = new PrequentialWindow(capacity);
    window.expectTruth();
    return window;
  }

  private static List<PrequentialOutcome> latest(List<PrequentialOutcome> all) {
    return all.subList(Math.max(0, all.size() - CAPACITY), all.size());
  }
}
