package io.stillstream.labeler.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelBudgetTest {
  private static final List<String> IDS =
      IntStream.range(0, 20_000).mapToObj(i -> "image-" + i).toList();

  @Test
  void shouldIncludeAboutItsFraction() {
    for (double fraction : new double[] {0.05, 0.3, 0.9}) {
      // when
      double share = (double) included(fraction).size() / IDS.size();
      // then
      assertThat(share).isCloseTo(fraction, within(0.015));
    }
  }

  @Test
  void shouldIncludeNothingAtZeroAndAllAtOne() {
    assertThat(included(0)).isEmpty();
    assertThat(included(1)).hasSameSizeAs(IDS);
  }

  @Test
  void shouldOnlyAddImagesWhenItGrows() {
    // given
    List<String> before = included(0.1);
    // when
    List<String> after = included(0.4);
    // then
    assertThat(after).containsAll(before).hasSizeGreaterThan(before.size());
  }

  private static List<String> included(double fraction) {
    LabelBudget budget = LabelBudget.ofFraction(() -> fraction);
    return IDS.stream().filter(budget::includes).toList();
  }
}
