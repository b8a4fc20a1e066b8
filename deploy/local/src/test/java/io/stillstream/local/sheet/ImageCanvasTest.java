package io.stillstream.local.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ImageCanvasTest {
  private static final int PAPER = 250;

  @Test
  void shouldPaintEveryPixelAsASquareInItsColour() {
    // given
    ImageCanvas picture = new ImageCanvas(8, 10);

    // when
    picture.drawImage(1, 2, 2, new byte[] {10, 20, 30, 40, 50, 60}, 1, 2, 3);
    picture.drawImage(5, 2, 1, new byte[] {70}, 1, 1, 1);
    byte[] rgb = decoded(picture, 8, 10);

    // then
    assertThat(pixel(rgb, 10, 1, 2)).containsExactly(10, 20, 30);
    assertThat(pixel(rgb, 10, 2, 3)).containsExactly(10, 20, 30);
    assertThat(pixel(rgb, 10, 2, 5)).containsExactly(40, 50, 60);
    assertThat(pixel(rgb, 10, 5, 2)).containsExactly(70, 70, 70);
    assertThat(pixel(rgb, 10, 3, 2)).containsExactly(PAPER, PAPER, PAPER);
  }

  @Test
  void shouldWriteWithinTheWidthThatItTold() {
    // given
    String words = "random_crop 224x224, \u00e9";
    int width = ImageCanvas.widthOf(words);
    ImageCanvas picture = new ImageCanvas(30, width + 40);

    // when
    picture.drawText(20, 10, ImageCanvas.TextColor.BLACK, words);
    byte[] rgb = decoded(picture, 30, width + 40);

    // then
    int last = 0;
    int first = Integer.MAX_VALUE;
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < width + 40; x++) {
        if (pixel(rgb, width + 40, y, x)[0] < PAPER) {
          last = Math.max(last, x);
          first = Math.min(first, x);
        }
      }
    }
    assertThat(first).isBetween(9, 14);
    assertThat(last).isBetween(width - 5, width + 11);
  }

  @Test
  void shouldWriteLettersWithoutTheirMarksAndQuestionMarksElse() {
    // given
    ImageCanvas one = new ImageCanvas(30, 100);
    ImageCanvas other = new ImageCanvas(30, 100);

    // when
    one.drawText(20, 5, ImageCanvas.TextColor.GREY, "café 猫");
    other.drawText(20, 5, ImageCanvas.TextColor.GREY, "cafe ?");

    // then
    assertThat(one.png()).isEqualTo(other.png());
  }

  @Test
  void shouldRefuseSizesThatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ImageCanvas(0, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> new ImageCanvas(100_000, 100_000));
  }

  private static byte[] decoded(ImageCanvas picture, int height, int width) {
    return PixelCodec.decode(PixelEncoding.PNG, height, width, 3, ByteBuffer.wrap(picture.png()));
  }

  private static int[] pixel(byte[] rgb, int width, int y, int x) {
    int at = (y * width + x) * 3;
    return new int[] {rgb[at] & 0xff, rgb[at + 1] & 0xff, rgb[at + 2] & 0xff};
  }
}
