package io.stillstream.student.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservoirTest {
  @Test
  void shouldKeepEveryViewWithTheSameProbability() {
    // given
    int capacity = 20;
    int offered = 100;
    int trials = 4000;
    int[] kept = new int[offered];

    // when
    for (int trial = 0; trial < trials; trial++) {
      Reservoir reservoir = new Reservoir(capacity, trial);
      for (int i = 0; i < offered; i++) {
        reservoir.offer(view(i));
      }
      assertThat(reservoir.size()).isEqualTo(capacity);
      for (int number : contents(reservoir)) {
        kept[number]++;
      }
    }

    // then: each is kept in a fifth of the trials; five standard deviations are allowed
    double expected = (double) trials * capacity / offered;
    double deviation = Math.sqrt(expected * (1 - (double) capacity / offered));
    for (int i = 0; i < offered; i++) {
      assertThat((double) kept[i])
          .as("view " + i)
          .isBetween(expected - 5 * deviation, expected + 5 * deviation);
    }
  }

  @Test
  void shouldDrawUniformly() {
    // given
    Reservoir reservoir = new Reservoir(10, 1);
    for (int i = 0; i < 10; i++) {
      reservoir.offer(view(i));
    }

    // when
    List<View> drawn = new ArrayList<>();
    reservoir.drawInto(drawn, 10_000);

    // then
    int[] counts = new int[10];
    drawn.forEach(view -> counts[view.pixels()[0]]++);
    for (int count : counts) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @Test
  void shouldGoOnFromWhatItSaved() throws IOException {
    // given
    Reservoir original = new Reservoir(8, 7);
    for (int i = 0; i < 50; i++) {
      original.offer(view(i));
    }
    Reservoir restored = new Reservoir(8, 99);

    // when
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved(original))));

    // then
    for (int i = 50; i < 100; i++) {
      original.offer(view(i));
      restored.offer(view(i));
    }
    assertThat(saved(restored)).isEqualTo(saved(original));
    assertThat(contents(restored)).isEqualTo(contents(original));
  }

  @Test
  void shouldKeepOldAndNewAlikeWhenItBecomesSmaller() throws IOException {
    // given
    int trials = 4000;
    int[] kept = new int[40];

    // when
    for (int trial = 0; trial < trials; trial++) {
      Reservoir original = new Reservoir(40, trial);
      for (int i = 0; i < 40; i++) {
        original.offer(view(i));
      }
      Reservoir smaller = new Reservoir(10, 0);
      smaller.restore(new DataInputStream(new ByteArrayInputStream(saved(original))));
      assertThat(smaller.size()).isEqualTo(10);
      contents(smaller).forEach(number -> kept[number]++);
    }

    // then: a quarter of the trials, give or take five standard deviations
    double deviation = Math.sqrt(trials * 0.25 * 0.75);
    for (int count : kept) {
      assertThat((double) count)
          .isBetween(trials * 0.25 - 5 * deviation, trials * 0.25 + 5 * deviation);
    }
  }

  @Test
  void shouldSaveEveryKindOfView() throws IOException {
    // given
    Reservoir original = new Reservoir(8, 7);
    original.offer(new View(PixelEncoding.PNG, new byte[] {1, 2}, new float[] {-1, 2}, null, true));
    original.offer(
        new View(PixelEncoding.JPEG, new byte[] {3}, null, new Target(1, 2, 0.25f), false));
    Reservoir restored = new Reservoir(8, 7);

    // when
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved(original))));

    // then
    assertThat(saved(restored)).isEqualTo(saved(original));
    List<View> views = new ArrayList<>();
    restored.drawInto(views, 20);
    assertThat(views)
        .anySatisfy(
            view -> {
              assertThat(view.encoding()).isEqualTo(PixelEncoding.PNG);
              assertThat(view.logits()).containsExactly(-1, 2);
              assertThat(view.target()).isEmpty();
              assertThat(view.isOriginal()).isTrue();
            })
        .anySatisfy(
            view -> {
              assertThat(view.encoding()).isEqualTo(PixelEncoding.JPEG);
              assertThat(view.logits()).isNull();
              assertThat(view.target()).contains(new Target(1, 2, 0.25f));
              assertThat(view.isOriginal()).isFalse();
            });
  }

  private static View view(int number) {
    return new View(
        PixelEncoding.RAW, new byte[] {(byte) number}, new float[] {number}, null, false);
  }

  private static List<Integer> contents(Reservoir reservoir) {
    List<Integer> numbers = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved(reservoir)))) {
      in.readLong();
      in.readLong();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        numbers.add((int) ViewFormat.read(in).pixels()[0]);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return numbers;
  }

  private static byte[] saved(Reservoir reservoir) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    reservoir.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
