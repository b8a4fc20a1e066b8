package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.contents;
import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReservoirBufferTest {
  private static final int TRIALS = 4000;

  @Test
  void shouldKeepEveryViewWithTheSameProbability() {
    // given
    int[] kept = new int[100];

    // when
    for (int trial = 0; trial < TRIALS; trial++) {
      ReservoirBuffer reservoir = new ReservoirBuffer(BufferLimits.views(20), trial);
      for (int i = 0; i < kept.length; i++) {
        reservoir.offer(view(i));
      }
      assertThat(reservoir.size()).isEqualTo(20);
      contents(reservoir).forEach(number -> kept[number]++);
    }

    // then
    assertUniform(kept, 0.2);
  }

  @Test
  void shouldKeepEveryViewWithTheSameProbabilityWhenBytesRunOut() {
    // given
    int[] kept = new int[100];

    // when
    for (int trial = 0; trial < TRIALS; trial++) {
      ReservoirBuffer reservoir =
          new ReservoirBuffer(new BufferLimits(60, 20 * NumberedExamples.BYTES), trial);
      for (int i = 0; i < kept.length; i++) {
        reservoir.offer(view(i));
      }
      assertThat(reservoir.size()).isEqualTo(20);
      contents(reservoir).forEach(number -> kept[number]++);
    }

    // then
    assertUniform(kept, 0.2);
  }

  @Test
  void shouldKeepOldAndNewAlikeWhenItBecomesSmaller() {
    // given
    int[] kept = new int[40];

    // when
    for (int trial = 0; trial < TRIALS; trial++) {
      ReservoirBuffer original = new ReservoirBuffer(BufferLimits.views(40), trial);
      for (int i = 0; i < 40; i++) {
        original.offer(view(i));
      }
      ReservoirBuffer smaller = new ReservoirBuffer(BufferLimits.views(10), 0);
      smaller.restore(original.state());
      assertThat(smaller.size()).isEqualTo(10);
      contents(smaller).forEach(number -> kept[number]++);
    }

    // then
    assertUniform(kept, 0.25);
  }

  @Test
  void shouldSampleANewTeachersViewsUniformlyOnceTheOldOnesHaveAgedOut() {
    // given
    int[] kept = new int[100];

    // when
    for (int trial = 0; trial < TRIALS; trial++) {
      ReservoirBuffer reservoir = new ReservoirBuffer(BufferLimits.views(20), trial);
      for (int i = 0; i < 300; i++) {
        reservoir.offer(view(1000 + i, 4, 1, 0));
      }
      reservoir.teacherChanged(2, TeacherChangePolicy.AGE_OUT);
      for (int i = 0; i < kept.length; i++) {
        reservoir.offer(view(i, 4, 2, 0));
      }
      contents(reservoir).forEach(number -> kept[number]++);
    }

    // then
    assertUniform(kept, 0.2);
  }

  /** Five standard deviations are allowed. */
  private static void assertUniform(int[] kept, double probability) {
    double expected = TRIALS * probability;
    double deviation = Math.sqrt(expected * (1 - probability));
    for (int i = 0; i < kept.length; i++) {
      assertThat((double) kept[i])
          .as("view " + i)
          .isBetween(expected - 5 * deviation, expected + 5 * deviation);
    }
  }
}
