package io.stillstream.schemas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.image.PixelResizer.ResizeMode;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

final class PixelResizerTest {
  @Test
  void shouldReturnWhatAlreadyFits() {
    // given
    byte[] pixels = new byte[12];

    // then
    assertThat(PixelResizer.resize(pixels, 2, 2, 3, 2, 2, 3, ResizeMode.CROP)).isSameAs(pixels);
  }

  @Test
  void shouldAverageWhereNothingGrows() {
    // when
    byte[] half = PixelResizer.resize(bytes(0, 10, 100, 200), 1, 4, 1, 1, 2, 1, ResizeMode.STRETCH);

    // then
    assertThat(half).isEqualTo(bytes(5, 150));
  }

  @Test
  void shouldInterpolateWhereOneSideGrows() {
    // when: with centres aligned the new ones lie at 1/4 and 3/4 of the old distance
    byte[] grown = PixelResizer.resize(bytes(0, 100), 1, 2, 1, 1, 4, 1, ResizeMode.STRETCH);

    // then
    assertThat(grown).isEqualTo(bytes(0, 25, 75, 100));
  }

  @Test
  void shouldCropTheExcess() {
    // when: of six columns the two in the middle are left, and shrink to one
    byte[] middle =
        PixelResizer.resize(
            bytes(255, 255, 10, 20, 255, 255, 255, 255, 30, 40, 255, 255),
            2,
            6,
            1,
            1,
            1,
            1,
            ResizeMode.CROP);

    // then
    assertThat(middle).isEqualTo(bytes(25));
    assertThat(PixelResizer.resize(bytes(9, 1, 2, 9), 4, 1, 1, 2, 1, 1, ResizeMode.CROP))
        .isEqualTo(bytes(1, 2));
  }

  @Test
  void shouldWeighColoursForGreyAndRepeatGreyForColours() {
    // then
    assertThat(
            PixelResizer.resize(
                bytes(255, 0, 0, 0, 255, 0, 0, 0, 255), 1, 3, 3, 1, 3, 1, ResizeMode.STRETCH))
        .isEqualTo(bytes(76, 150, 29));
    assertThat(PixelResizer.resize(bytes(7, 8), 1, 2, 1, 1, 2, 3, ResizeMode.STRETCH))
        .isEqualTo(bytes(7, 7, 7, 8, 8, 8));
  }

  @Test
  void shouldKeepGreyGrey() {
    // given
    byte[] grey = new byte[30 * 20 * 3];
    Arrays.fill(grey, (byte) 128);

    // then
    for (ResizeMode fit : ResizeMode.values()) {
      byte[] result = PixelResizer.resize(grey, 30, 20, 3, 17, 45, 1, fit);
      assertThat(result).hasSize(17 * 45).containsOnly((byte) 128);
    }
  }

  @Test
  void shouldSurviveExtremeProportions() {
    assertThat(PixelResizer.resize(new byte[3000], 1, 1000, 3, 1000, 1, 3, ResizeMode.CROP))
        .hasSize(3000);
    assertThat(PixelResizer.resize(new byte[1], 1, 1, 1, 50, 60, 3, ResizeMode.CROP)).hasSize(9000);
  }

  @Test
  void shouldRejectInvalidShapes() {
    assertThatThrownBy(() -> PixelResizer.resize(new byte[3], 2, 2, 1, 1, 1, 1, ResizeMode.CROP))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("2 x 2 x 1 pixels take 4 bytes, there are 3");
    assertThatThrownBy(() -> PixelResizer.resize(new byte[4], 2, 2, 1, 0, 1, 1, ResizeMode.CROP))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("must be at least 1 x 1");
  }

  @Test
  void shouldKeepNoNativeMemory() {
    // given
    byte[] picture = new byte[200 * 300 * 3];
    PixelResizer.resize(picture, 200, 300, 3, 64, 64, 1, ResizeMode.CROP);
    long before = Pointer.totalBytes();
    long objects = Pointer.totalCount();

    // when
    for (int i = 0; i < 200; i++) {
      PixelResizer.resize(picture, 200, 300, 3, 64 + i % 7, 64, 1, ResizeMode.CROP);
    }

    // then
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(objects);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
