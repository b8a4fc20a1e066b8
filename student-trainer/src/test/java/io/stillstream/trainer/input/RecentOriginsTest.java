package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.Lineage;
import org.junit.jupiter.api.Test;

class RecentOriginsTest {
  private final RecentOrigins siblings = new RecentOrigins(2);

  @Test
  void shouldKnowAnOriginalThatComesBeforeItsSiblings() {
    assertThat(siblings.isFirst(view(1, 0))).isTrue();
    assertThat(siblings.isFirst(view(1, 1))).isFalse();
    assertThat(siblings.isFirst(view(2, 0))).isTrue();
  }

  @Test
  void shouldKnowOneThatComesLate() {
    // given
    siblings.isFirst(view(1, 2));

    // then
    assertThat(siblings.isFirst(view(1, 0))).isFalse();
    assertThat(siblings.isFirst(view(2, 0))).isTrue();
  }

  @Test
  void shouldRememberOnlySoMany() {
    // given
    siblings.isFirst(view(1, 1));
    siblings.isFirst(view(2, 1));
    siblings.isFirst(view(2, 2));
    siblings.isFirst(view(3, 1));

    // then
    assertThat(siblings.isFirst(view(1, 0))).isTrue();
    assertThat(siblings.isFirst(view(2, 0))).isFalse();
    assertThat(siblings.isFirst(view(3, 0))).isFalse();
  }

  private static Lineage view(long image, int index) {
    return new Lineage("images", 0, image, "image-" + image, index, 4, 7L, "policy", null, null);
  }
}
