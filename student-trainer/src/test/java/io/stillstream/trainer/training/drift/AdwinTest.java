package io.stillstream.trainer.training.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdwinTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.3, 0.5})
  void shouldRarelyRaiseAFalseAlarm(double mean) {
    // given: the paper's δ bounds the chance of an alarm at a value
    double delta = 0.05;
    int length = 2_000;
    int alarms = 0;

    // when
    for (int stream = 0; stream < 20; stream++) {
      Adwin adwin = new Adwin(delta);
      Random random = new Random(stream);
      for (int i = 0; i < length; i++) {
        alarms += adwin.add(bernoulli(random, mean)).isPresent() ? 1 : 0;
      }
    }

    // then: as in the paper's experiments it is far below
    assertThat((double) alarms / (20 * length)).isLessThan(delta / 100);
  }

  @ParameterizedTest
  @CsvSource({"0.05, 0.95, 15", "0.1, 0.5, 80", "0.1, 0.3, 400", "0.5, 0.2, 300"})
  void shouldNoticeAJumpSoonAndForgetWhatWasBefore(double before, double after, int within) {
    for (int stream = 0; stream < 20; stream++) {
      // given
      Adwin adwin = new Adwin(1e-4);
      Random random = new Random(stream);
      for (int i = 0; i < 3_000; i++) {
        adwin.add(bernoulli(random, before));
      }

      // when
      int delay = 0;
      Optional<Adwin.Change> change = Optional.empty();
      while (change.isEmpty() && delay < within) {
        change = adwin.add(bernoulli(random, after));
        delay++;
      }

      // then
      assertThat(change).as("within %d values of stream %d", within, stream).isPresent();
      assertThat(change.get().isRise()).isEqualTo(after > before);
      assertThat(change.get().before()).isCloseTo(before, within(0.05));
      assertThat(change.get().since()).isBetween(1L, delay + 100L);
      assertThat(adwin.size()).isLessThan(3_000);
    }
  }

  @Test
  void shouldFollowTheNewMeanAfterAnAlarm() {
    // given
    Adwin adwin = new Adwin(1e-4);
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      adwin.add(bernoulli(random, 0.1));
    }

    // when
    for (int i = 0; i < 2_000; i++) {
      adwin.add(bernoulli(random, 0.6));
    }

    // then
    assertThat(mean(adwin)).isCloseTo(0.6, within(0.05));
    assertThat(adwin.size()).isBetween(1_900L, 2_100L);
  }

  @Test
  void shouldTakeLogarithmicMemoryAndLoseNoValue() {
    // given
    Adwin adwin = new Adwin(1e-9);
    Random random = new Random(1);
    double sum = 0;

    // when
    for (int n = 1; n <= 50_000; n++) {
      double value = random.nextDouble();
      sum += value;
      adwin.add(value);

      // then: at most five buckets of every power of two
      assertThat(buckets(adwin)).isLessThanOrEqualTo(5 * (1 + (int) (Math.log(n) / Math.log(2))));
    }
    assertThat(adwin.size()).isEqualTo(50_000);
    assertThat(mean(adwin)).isCloseTo(sum / 50_000, within(1e-12));
  }

  @Test
  void shouldGoOnExactlyFromWhatItSaved() {
    // given
    Random random = new Random(3);
    List<Double> values = new ArrayList<>();
    DoubleStream.generate(() -> bernoulli(random, 0.2)).limit(1_000).forEach(values::add);
    DoubleStream.generate(() -> bernoulli(random, 0.7)).limit(300).forEach(values::add);
    Adwin straight = new Adwin(1e-3);
    Adwin first = new Adwin(1e-3);
    Adwin second = new Adwin(1e-3);

    // when
    for (int i = 0; i < values.size(); i++) {
      if (i == 1_011) {
        second.restore(first.save());
      }
      Optional<Adwin.Change> expected = straight.add(values.get(i));
      Optional<Adwin.Change> actual = (i < 1_011 ? first : second).add(values.get(i));

      // then
      assertThat(actual).isEqualTo(expected);
    }
    assertThat(second.size()).isEqualTo(straight.size()).isLessThan(400);
  }

  @Test
  void shouldRefuseWhatItCannotBound() {
    assertThatThrownBy(() -> new Adwin(0)).hasMessageContaining("delta must be above 0");
    assertThatThrownBy(() -> new Adwin(0.1).add(1.5)).hasMessageContaining("was 1.5");
    assertThatThrownBy(() -> new Adwin(0.1).add(Double.NaN)).hasMessageContaining("was NaN");
    assertThat(new Adwin(0.1).size()).isZero();
  }

  private static int buckets(Adwin adwin) {
    return adwin.save().stream().mapToInt(row -> row.length / 2).sum();
  }

  private static double mean(Adwin adwin) {
    double sum = 0;
    for (double[] row : adwin.save()) {
      for (int i = 0; i < row.length; i += 2) {
        sum += row[i];
      }
    }
    return sum / adwin.size();
  }

  private static double bernoulli(Random random, double mean) {
    return random.nextDouble() < mean ? 1 : 0;
  }
}
