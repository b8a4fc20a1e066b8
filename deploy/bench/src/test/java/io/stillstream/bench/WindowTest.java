package io.stillstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WindowTest {

  @Test
  void shouldTakeTheLargestWindowOfFourToThreeFromTheMiddle() {
    assertThat(Window.largest(1000, 2000)).isEqualTo(new Window(0, 333, 1000, 1333));
    assertThat(Window.largest(2000, 1000)).isEqualTo(new Window(625, 0, 750, 1000));
  }

  @Test
  void shouldKeepPartsWithinAndApartAndLargeEnough() {
    // given
    Window whole = Window.largest(3000, 4000);
    Set<Window> parts = new HashSet<>();

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
