package io.stillstream.bench.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import org.junit.jupiter.api.Test;

final class SyntheticImagesTest {
  @Test
  void shouldMakeTheSameImageOfTheSameNumberOnly() {
    assertThat(SyntheticImages.image(8, 9, 3, 1))
        .hasSize(8 * 9 * 3)
        .isEqualTo(SyntheticImages.image(8, 9, 3, 1));
    assertThat(SyntheticImages.image(8, 9, 3, 1)).isNotEqualTo(SyntheticImages.image(8, 9, 3, 2));
  }

  @Test
  void shouldCompressAsAPhotographDoes() {
    // when
    byte[] image = SyntheticImages.image(224, 224, 3, 1);
    int bytes = PixelCodec.encode(PixelEncoding.JPEG, 224, 224, 3, image).remaining();

    // then: photographs of this size and quality take 10 to 40 KB
    assertThat(bytes).isBetween(10_000, 40_000);
  }
}
