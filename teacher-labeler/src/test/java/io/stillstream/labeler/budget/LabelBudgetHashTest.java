package io.stillstream.labeler.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelBudgetHashTest {
  /**
   * Made with Python: int.from_bytes(sha256(id.encode()).digest()[:8], "big") >> 11, times 2^-53.
   */
  @ParameterizedTest
  @CsvSource({
    "image-0, 0.24151568530508039",
    "image-1, 0.050603382822627885",
    "fashion-mnist/train-000000, 0.6694639691433717",
    "'', 0.8894159948913373",
    "日本/写真.jpg, 0.41666598755655937",
    "😀, 0.9385410668731955"
  })
  void shouldBeTheSameForEver(String imageId, double place) {
    assertThat(LabelBudget.hash(imageId)).isEqualTo(place);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-%d", "camera-7/2026-11-24T10:00:00.%06dZ", "%d"})
  void shouldBeUniformOverIdsThatDifferLittle(String pattern) {
    // given
    int ids = 100_000;
    int bins = 100;
    int[] counts = new int[bins];

    // when
    IntStream.range(0, ids)
        .mapToDouble(i -> LabelBudget.hash(pattern.formatted(i)))
        .forEach(place -> counts[(int) (place * bins)]++);

    // then
    double expected = (double) ids / bins;
    double chiSquare =
        IntStream.of(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    // 99 degrees of freedom: mean 99, standard deviation 14
    assertThat(chiSquare).isCloseTo(99, within(5 * 14.0));
  }
}
