package io.stillstream.trainer.training.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossSpikeDetectorTest {
  private static final DivergenceSettings RULES =
      new DivergenceSettings(6, 3, 10, 50, 10, 0.5, 100, 2, 1000);
  private final LossSpikeDetector watch = new LossSpikeDetector(RULES);
  private long step;

  @Test
  void shouldFindASpikeInARowOfHighLosses() {
    // given
    calm(30, 1, 1);

    // when
    assertThat(next(10, 10)).isFalse();
    long since = step;
    assertThat(watch.isSuspicious()).isTrue();
    assertThat(next(12, 12)).isFalse();

    // then
    assertThat(next(15, 15)).isTrue();
    assertThat(watch.since()).isEqualTo(since);
    assertThat(watch.limit()).isBetween(3.5, 5.0);
  }

  @Test
  void shouldForgiveFewerHighLossesThanThat() {
    // given
    calm(30, 1, 1);

    // when
    assertThat(next(10, 10)).isFalse();
    assertThat(next(10, 10)).isFalse();
    assertThat(next(1, 1)).isFalse();

    // then
    assertThat(watch.isSuspicious()).isFalse();
    assertThat(next(10, 10)).isFalse();
    assertThat(next(10, 10)).isFalse();
  }

  @Test
  void shouldNotTakeNewsForADivergence() {
    // given
    calm(30, 1, 1);

    // when: what was seen before is as easy as ever
    for (int batch = 0; batch < 20; batch++) {
      assertThat(next(50, 1.2)).isFalse();
    }

    // then
    assertThat(watch.isSuspicious()).isFalse();
  }

  @Test
  void shouldGoByFreshViewsWhereNothingIsReplayed() {
    // given
    for (int batch = 0; batch < 30; batch++) {
      watch.isSpike(++step, 1, OptionalDouble.empty());
    }

    // when
    watch.isSpike(++step, 10, OptionalDouble.empty());
    watch.isSpike(++step, 10, OptionalDouble.empty());

    // then
    assertThat(watch.isSpike(++step, 10, OptionalDouble.empty())).isTrue();

    // when: it goes on after it was set back, so it is the stream that has changed
    watch.reset();

    // then
    for (int batch = 0; batch < 30; batch++) {
      assertThat(watch.isSpike(++step, 10, OptionalDouble.empty())).isFalse();
    }
  }

  @Test
  void shouldStillKnowAfterARollbackWhatSeenViewsCost() {
    // given
    calm(30, 1, 1);
    watch.reset();

    // when
    next(10, 10);
    next(10, 10);

    // then
    assertThat(next(10, 10)).isTrue();
  }

  @Test
  void shouldHaveNoOpinionBeforeItIsWarm() {
    for (int batch = 0; batch < 10; batch++) {
      assertThat(next(Math.pow(10, batch), Math.pow(10, batch))).isFalse();
    }
  }

  @Test
  void shouldFollowALossThatFallsOrWavers() {
    // given
    Random random = new Random(5);

    // then
    for (int batch = 0; batch < 2_000; batch++) {
      double level = 20 * Math.exp(-batch / 100.0) + 0.3;
      double noise = Math.exp(0.3 * random.nextGaussian());
      assertThat(next(level * noise, level * noise)).isFalse();
    }
  }

  @Test
  void shouldGoOnFromWhatItSaved() {
    // given
    calm(30, 1, 1);
    next(10, 10);
    next(10, 10);
    LossSpikeDetector other = new LossSpikeDetector(RULES);

    // when
    other.restore(watch.save());

    // then
    assertThat(other.isSuspicious()).isTrue();
    assertThat(other.isSpike(++step, 10, OptionalDouble.of(10))).isTrue();
  }

  private void calm(int batches, double fresh, double replayed) {
    for (int batch = 0; batch < batches; batch++) {
      assertThat(next(fresh, replayed)).isFalse();
    }
  }

  private boolean next(double fresh, double replayed) {
    return watch.isSpike(++step, fresh, OptionalDouble.of(replayed));
  }
}
