package io.stillstream.bench.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CropWindowTest {

  @Test
  void shouldTakeTheLargestWindowOfFourToThreeFromTheMiddle() {
    assertThat(CropWindow.largest(1000, 2000)).isEqualTo(new CropWindow(0, 333, 1000, 1333));
    assertThat(CropWindow.largest(2000, 1000)).isEqualTo(new CropWindow(625, 0, 750, 1000));
  }

  @Test
  void shouldKeepPartsWithinAndApartAndLargeEnough() {
    // given
    CropWindow whole = CropWindow.largest(3000, 4000);
    Set<CropWindow> parts = new HashSet<>();

    // when
    for (int n = 0; n < 16; n++) {
      parts.add(whole.part(n, 500));
    }

    // then
    assertThat(parts).hasSize(16).contains(whole);
    assertThat(parts)
        .allSatisfy(
            part -> {
              assertThat(part.top()).isNotNegative();
              assertThat(part.left()).isNotNegative();
              assertThat(part.top() + part.height()).isLessThanOrEqualTo(3000);
              assertThat(part.left() + part.width()).isLessThanOrEqualTo(4000);
              assertThat(part.width()).isGreaterThanOrEqualTo(500);
            });
  }
}
