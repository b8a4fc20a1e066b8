package io.stillstream.bench.load.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ImageSupplierTest {
  private static final Path DATA = Path.of("../data/fashion-mnist");

  @Test
  void shouldSendBareLabelledPixelsWhereImagesAreSmall() {
    // given
    ImageSupplier supplier =
        new ImageSupplier(LoadImageSize.parse("28x28"), new InvalidImageShare(0), DATA);

    // when
    ImageEventPayload payload = supplier.payload(2_001);

    // then: the images come round again
    assertThat(payload).isEqualTo(supplier.payload(1));
    assertThat(payload.contentType()).isEqualTo(ImageEventPayload.RAW);
    assertThat(payload.shape().getHeight()).isEqualTo(28);
    assertThat(payload.bytes().remaining()).isEqualTo(28 * 28);
    assertThat(payload.label()).isBetween(0, 9);
  }

  @Test
  void shouldSendJpegOfTheSizeOtherwise() {
    // given
    ImageSupplier supplier =
        new ImageSupplier(LoadImageSize.parse("60x40"), new InvalidImageShare(0.5), DATA);

    // when
    ImageEventPayload good = supplier.payload(0);
    ImageEventPayload bad = supplier.payload(1);

    // then
    assertThat(good.contentType()).isEqualTo("image/jpeg");
    assertThat(PixelCodec.decode(PixelEncoding.JPEG, 40, 60, 3, good.bytes())).hasSize(60 * 40 * 3);
    assertThat(supplier.payload(2)).isNotEqualTo(good);
    assertThat(bad).isEqualTo(InvalidImageKind.EMPTY.payload());
  }

  @Test
  void shouldRefuseASizeThatItCannotMake() {
    assertThatThrownBy(() -> LoadImageSize.parse("224"))
        .hasMessage("must be WIDTHxHEIGHT, as 500x375, was 224");
    assertThatThrownBy(() -> LoadImageSize.parse("20x500"))
        .hasMessage("sides must be within 28 and 4096, was 20x500");
  }
}
