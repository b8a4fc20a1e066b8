package io.stillstream.trainer.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.Label;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.FloatArrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopClassesTest {
  private final TopClasses top = new TopClasses(List.of("cat", "dog", "cow", "hen"));

  @Test
  void shouldNameTheMostProbable() {
    // when
    List<ImageTrace.ClassScore> guesses =
        top.of(FloatArrays.of(0, 1_000, 1_000 - (float) Math.log(3), 0));

    // then
    assertThat(guesses)
        .extracting(ImageTrace.ClassScore::name)
        .containsExactly("dog", "cow", "cat");
    assertThat(guesses.get(0).p()).isCloseTo(0.75, within(1e-4));
    assertThat(guesses.get(1).p()).isCloseTo(0.25, within(1e-4));
    assertThat(guesses.get(2).p()).isZero();
  }

  @Test
  void shouldNotNameClassesOfAnotherWidth() {
    assertThat(top.of(FloatArrays.of(0, 1)))
        .extracting(ImageTrace.ClassScore::name)
        .containsExactly("class 1", "class 0");
    assertThat(top.name(4)).isEqualTo("class 4");
  }

  @Test
  void shouldTellWhichClassesHaveMostPixels() {
    // given
    SegmentationMask mask = new SegmentationMask(1, 8, new byte[] {2, 0, 2, 7, 2, -1, 2, 0});

    // then
    assertThat(top.shares(mask))
        .containsExactly(
            new ImageTrace.ClassScore("cow", 0.5),
            new ImageTrace.ClassScore("cat", 0.25),
            new ImageTrace.ClassScore("class 7", 0.125),
            new ImageTrace.ClassScore("ignore", 0.125));
  }

  @Test
  void shouldTellLabels() {
    assertThat(top.of((Label) null)).isNull();
    assertThat(top.of(new Label(2, null, 1.0))).isEqualTo("cow");
    assertThat(top.of(new Label(0, 1, 0.7))).isEqualTo("cat 0.70, dog 0.30");
  }
}
