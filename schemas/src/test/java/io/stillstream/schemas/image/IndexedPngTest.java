package io.stillstream.schemas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexedPngTest {
  private static final SegmentationMask MASK =
      new SegmentationMask(2, 3, new byte[] {0, 1, 2, 10, (byte) 254, (byte) 255});

  @Test
  void shouldReadWhatItWrote() {
    // given
    byte[] classes = new byte[640 * 480];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (i * 31 / 7);
    }
    SegmentationMask large = new SegmentationMask(480, 640, classes);

    // then
    assertThat(IndexedPng.decode(IndexedPng.encode(MASK))).isEqualTo(MASK);
    assertThat(IndexedPng.decode(IndexedPng.encode(large))).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 20, 40, 800, 830})
  void shouldRefuseWhatIsCutOff(int length) {
    // given
    byte[] cut = Arrays.copyOf(IndexedPng.encode(MASK), length);

    // then
    assertThatThrownBy(() -> IndexedPng.decode(cut))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("the PNG file is no mask of this service, or is damaged");
  }

  @Test
  void shouldRefuseFilesOfOthersAndTooLargeOnes() {
    // given: grey values, and a width of billions
    ByteBuffer grey = PixelCodec.encode(PixelEncoding.PNG, 2, 3, 1, new byte[6]);
    byte[] file = new byte[grey.remaining()];
    grey.get(file);
    byte[] wide = IndexedPng.encode(MASK);
    wide[16] = 0x7f;

    // then
    assertThatThrownBy(() -> IndexedPng.decode(file)).isInstanceOf(InvalidImageException.class);
    assertThatThrownBy(() -> IndexedPng.decode(wide)).isInstanceOf(InvalidImageException.class);
  }
}
