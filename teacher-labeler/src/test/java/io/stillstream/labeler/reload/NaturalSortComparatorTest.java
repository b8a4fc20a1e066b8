package io.stillstream.labeler.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalSortComparatorTest {
  @Test
  void shouldCountAsPeopleDo() {
    // given
    List<String> sorted =
        List.of(
            "1",
            "1.2",
            "1.9",
            "1.10",
            "2",
            "10",
            "2026-01-09",
            "2026-01-10",
            "99999999999999999999999",
            "current",
            "v",
            "v1",
            "v09",
            "v9",
            "v9-rc1",
            "v10");
    List<String> shuffled = new ArrayList<>(sorted);

    // when
    Collections.shuffle(shuffled, new Random(1));
    shuffled.sort(new NaturalSortComparator());

    // then
    assertThat(shuffled).isEqualTo(sorted);
    assertThat(new NaturalSortComparator().compare("v1", "v1")).isZero();
  }
}
