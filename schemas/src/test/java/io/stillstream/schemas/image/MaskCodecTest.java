package io.stillstream.schemas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class MaskCodecTest {
  private static final SegmentationMask MASK =
      new SegmentationMask(2, 3, new byte[] {0, 1, 2, 10, (byte) 254, (byte) 255});

  @Test
  void shouldReadBackAMask() {
    // when
    ByteBuffer png = MaskCodec.encode(MASK);

    // then
    assertThat(MaskCodec.decode(png, 2, 3)).isEqualTo(MASK);
    assertThat(MaskCodec.decode(png)).isEqualTo(MASK);
  }

  @Test
  void shouldRefuseWhatIsNoMask() {
    ByteBuffer colour = PixelCodec.encode(PixelEncoding.PNG, 2, 3, 3, new byte[18]);
    ByteBuffer jpeg = PixelCodec.encode(PixelEncoding.JPEG, 2, 3, 1, new byte[6]);
    assertThatThrownBy(() -> MaskCodec.decode(colour, 2, 3))
        .isInstanceOf(InvalidImageException.class);
    assertThatThrownBy(() -> MaskCodec.decode(jpeg)).isInstanceOf(InvalidImageException.class);
    assertThatThrownBy(() -> MaskCodec.decode(MaskCodec.encode(MASK), 3, 2))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("2 x 3");
    assertThatThrownBy(() -> MaskCodec.decode(ByteBuffer.wrap(new byte[] {1, 2, 3})))
        .isInstanceOf(InvalidImageException.class);
  }

  @Test
  void shouldWriteAFileWithAPaletteThatOthersRead() throws Exception {
    // when
    byte[] png = IndexedPng.encode(MASK);

    // then
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(image.getHeight()).isEqualTo(2);
    assertThat(image.getColorModel()).isInstanceOf(IndexColorModel.class);
    byte[] values = (byte[]) image.getRaster().getDataElements(0, 0, 3, 2, null);
    assertThat(values).isEqualTo(MASK.classes());
    assertThat(image.getRGB(0, 0)).isEqualTo(0xff000000);
    assertThat(image.getRGB(1, 0)).isNotEqualTo(image.getRGB(2, 0));
  }

  @Test
  void shouldDrawAMaskOverAnImage() {
    // given
    byte[] grey = {100, 100, 100, 100, 100, 100};

    // when
    byte[] rgb = MaskOverlay.rgb(grey, 2, 3, 1, MASK);

    // then
    assertThat(rgb).hasSize(18).startsWith(100, 100, 100).endsWith(50, 50, 50);
    assertThat(new byte[] {rgb[3], rgb[4], rgb[5]}).isNotEqualTo(new byte[] {100, 100, 100});
  }
}
