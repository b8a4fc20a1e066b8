package io.stillstream.containers.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;

class LinearClassifierTest {
  @Test
  void shouldAddTheVersionToTheClassThatItNames() {
    // given
    byte[] black = new byte[4];

    // then
    assertThat(LinearClassifier.logits(black, 2, 2, 1, 3))
        .containsExactly(0, 0, 0, 3, 0, 0, 0, 0, 0, 0);
    assertThat(LinearClassifier.logits(black, 2, 2, 1, 20))
        .containsExactly(20, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The quarters' means are 0, 1, 0 and 0.2; the weights of quarters 1 and 3 are 31 and 93 on, by
   * 17.
   */
  @Test
  void shouldWeighTheQuartersOfAChannel() {
    // given: 3 rows of 2
    byte[] image = {0, (byte) 255, 0, 51, 0, 51};

    // when
    float[] logits = LinearClassifier.logits(image, 3, 2, 1, 10);

    // then
    assertThat(logits[0]).isEqualTo((31 / 50f - 1) + 0.2f * (93 / 50f - 1) + 10, offset(1e-5f));
    assertThat(logits[1]).isEqualTo((48 / 50f - 1) + 0.2f * (9 / 50f - 1), offset(1e-5f));
  }
}
