package io.stillstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.pixels.PixelCodec;
import org.junit.jupiter.api.Test;

final class TextureTest {
  @Test
  void shouldMakeTheSameImageOfTheSameNumberOnly() {
    assertThat(Texture.image(8, 9, 3, 1)).hasSize(8 * 9 * 3).isEqualTo(Texture.image(8, 9, 3, 1));
    assertThat(Texture.image(8, 9, 3, 1)).isNotEqualTo(Texture.image(8, 9, 3, 2));
  }

  @Test
  void shouldCompressAsAPhotographDoes() {
    // when
    byte[] image = Texture.image(224, 224, 3, 1);
    int bytes = PixelCodec.encode(PixelEncoding.JPEG, 224, 224, 3, image).remaining();

    // then: photographs of this size and quality take 10 to 40 KB
    assertThat(bytes).isBetween(10_000, 40_000);
  }
}
