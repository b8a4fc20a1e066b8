package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.contents;
import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassBalancedBufferTest {
  @Test
  void shouldHoldAsManyOfEachClassAsThereAre() {
    // given: classes with shares of 1/2, 1/4, … and a last one with ten views in all
    ClassBalancedBuffer buffer = new ClassBalancedBuffer(BufferLimits.views(100), 1);
    Random random = new Random(2);

    // when
    for (int i = 0; i < 20_000; i++) {
      int category = Math.min(Integer.numberOfTrailingZeros(random.nextInt() | 1 << 6), 6);
      buffer.offer(view(i, 4, 1, i % 2000 == 1999 ? 7 : category));
    }

    // then
    int[] counts = counts(buffer, 8);
    assertThat(counts[7]).isEqualTo(10);
    for (int category = 0; category < 7; category++) {
      assertThat(counts[category]).as("class " + category).isBetween(12, 14);
    }
  }

  @Test
  void shouldHoldClassesThatCameOneAfterAnother() {
    // given
    ClassBalancedBuffer buffer = new ClassBalancedBuffer(BufferLimits.views(100), 1);

    // when
    for (int i = 0; i < 5000; i++) {
      buffer.offer(view(i, 4, 1, i / 1000));
    }

    // then
    assertThat(counts(buffer, 5)).containsOnly(20);
  }

  @Test
  void shouldSampleUniformlyWithinAClass() {
    // given
    int trials = 3000;
    int[] kept = new int[120];

    // when: class 1 has the odd numbers from 60 on
    for (int trial = 0; trial < trials; trial++) {
      ClassBalancedBuffer buffer = new ClassBalancedBuffer(BufferLimits.views(20), trial);
      for (int i = 0; i < kept.length; i++) {
        buffer.offer(view(i, 4, 1, i >= 60 && i % 2 == 1 ? 1 : 0));
      }
      contents(buffer).forEach(number -> kept[number]++);
    }

    // then: ten places for each, in which 90 and 30 views share
    for (int i = 0; i < kept.length; i++) {
      double probability = i >= 60 && i % 2 == 1 ? 10.0 / 30 : 10.0 / 90;
      double deviation = Math.sqrt(trials * probability * (1 - probability));
      assertThat((double) kept[i])
          .as("view " + i)
          .isBetween(trials * probability - 5 * deviation, trials * probability + 5 * deviation);
    }
  }

  @Test
  void shouldTakeTheLargestClassWhenBytesRunOut() {
    // given
    ClassBalancedBuffer buffer =
        new ClassBalancedBuffer(new BufferLimits(1000, 40 * NumberedExamples.BYTES), 1);

    // when
    for (int i = 0; i < 400; i++) {
      buffer.offer(view(i, 4, 1, i % 40 == 39 ? 1 : 0));
    }

    // then
    assertThat(counts(buffer, 2)).containsExactly(30, 10);
  }

  @Test
  void shouldAskTheTeacherForTheClassOfAViewWithoutLabel() {
    // given
    ClassBalancedBuffer buffer = new ClassBalancedBuffer(BufferLimits.views(10), 1);

    // when
    buffer.offer(
        new TrainingExample(PixelEncoding.RAW, new byte[1], new float[] {1, 3, 2}, null, true));
    buffer.offer(
        new TrainingExample(
            PixelEncoding.RAW, new byte[1], null, new LabelTarget(4, 2, 0.3f), true));

    // then
    assertThat(counts(buffer, 5)).containsExactly(0, 1, 1, 0, 0);
  }

  private static int[] counts(ReplayBuffer buffer, int classes) {
    int[] counts = new int[classes];
    for (BufferedView view : buffer.state().views()) {
      counts[view.view().category()]++;
    }
    return counts;
  }
}
