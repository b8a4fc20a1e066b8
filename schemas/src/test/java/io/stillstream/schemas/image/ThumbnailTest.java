package io.stillstream.schemas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ThumbnailTest {
  private static final int SIDE = 8;
  private static final long MOST = 1_000;

  @Test
  void shouldShrinkInProportion() {
    // given
    byte[] grey = new byte[20 * 40];
    Arrays.fill(grey, (byte) 99);
    ByteBuffer file = PixelCodec.encode(PixelEncoding.JPEG, 20, 40, 1, grey);

    // when
    byte[] ofFile = Thumbnail.ofFile(bytes(file), SIDE, MOST);
    byte[] ofPixels = Thumbnail.ofPixels(grey, 20, 40, 1, SIDE, MOST);

    // then
    assertThat(PixelCodec.decode(PixelEncoding.PNG, 4, 8, 3, ByteBuffer.wrap(ofFile)))
        .containsOnly(99);
    assertThat(PixelCodec.decode(PixelEncoding.PNG, 4, 8, 1, ByteBuffer.wrap(ofPixels)))
        .containsOnly(99);
  }

  @Test
  void shouldNotChangeSmallImages() {
    // given
    byte[] rgba = {1, 2, 3, 0, 4, 5, 6, 0};

    // when
    byte[] png = Thumbnail.ofPixels(rgba, 2, 1, 4, SIDE, MOST);

    // then
    assertThat(PixelCodec.decode(PixelEncoding.PNG, 2, 1, 3, ByteBuffer.wrap(png)))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shouldRejectLargeImagesAndOtherFiles() {
    assertThatThrownBy(() -> Thumbnail.ofPixels(new byte[1_001], 1_001, 1, 1, SIDE, MOST))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("height x width must be at least 1 x 1 and at most 1000 pixels, was 1001 x 1");
    assertThatThrownBy(() -> Thumbnail.ofPixels(new byte[3], 2, 2, 1, SIDE, MOST))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("2 x 2 x 1 pixels take 4 bytes, there are 3");
    assertThatThrownBy(() -> Thumbnail.ofPixels(new byte[8], 2, 2, 2, SIDE, MOST))
        .hasMessage("channels must be 1, 3 or 4, was 2");
    assertThatThrownBy(
            () ->
                Thumbnail.ofFile(
                    "no image".getBytes(java.nio.charset.StandardCharsets.UTF_8), SIDE, MOST))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("not an image file");
    byte[] half = bytes(PixelCodec.encode(PixelEncoding.PNG, 20, 20, 1, new byte[400]));
    assertThatThrownBy(() -> Thumbnail.ofFile(Arrays.copyOf(half, 40), SIDE, MOST))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("truncated");
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
