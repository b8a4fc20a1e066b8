package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.image.TestImages;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

final class ImageDecoderTest {
  private static final int ORANGE = 0xFF8000;
  private static final int ORANGE_LUMA = (int) Math.round(0.299 * 255 + 0.587 * 128);

  @Test
  void shouldDecodeEveryFormatToRgb() {
    // given
    BufferedImage orange = TestImages.plain(10, 12, ORANGE);
    List<byte[]> files =
        List.of(
            TestImages.file(orange, "jpg"),
            TestImages.file(orange, "png"),
            TestImages.file(orange, "gif"),
            TestImages.file(orange, "bmp"),
            TestImages.webp(orange));

    for (byte[] file : files) {
      // when
      Decoded decoded = decode(new ImageSource.FileSource(ByteBuffer.wrap(file)), 3);

      // then
      assertThat(decoded.shape()).containsExactly(10, 12, 3);
      assertThat(decoded.at(0)).isCloseTo(255, within(6));
      assertThat(decoded.at(1)).isCloseTo(128, within(6));
      assertThat(decoded.at(2)).isCloseTo(0, within(6));
    }
  }

  @Test
  void shouldDecodeEveryFormatToGrey() {
    // given
    BufferedImage orange = TestImages.plain(10, 12, ORANGE);

    for (String format : List.of("jpg", "png", "gif", "bmp")) {
      // when
      Decoded decoded =
          decode(new ImageSource.FileSource(ByteBuffer.wrap(TestImages.file(orange, format))), 1);

      // then
      assertThat(decoded.shape()).containsExactly(10, 12, 1);
      assertThat(decoded.at(0)).as(format).isCloseTo(ORANGE_LUMA, within(3));
    }
  }

  @Test
  void shouldConvertRawPixelsByTheSameRules() {
    byte orange = (byte) 128;
    assertThat(decode(pixels(1, 1, 1, (byte) 7), 3).pixels()).containsExactly(7, 7, 7);
    assertThat(decode(pixels(1, 1, 3, (byte) 255, orange, (byte) 0), 1).at(0))
        .isCloseTo(ORANGE_LUMA, within(1));
    assertThat(decode(pixels(1, 1, 4, (byte) 1, (byte) 2, (byte) 3, (byte) 0), 3).pixels())
        .containsExactly(1, 2, 3);
    assertThat(decode(pixels(1, 2, 1, (byte) 7, (byte) 9), 1).pixels()).containsExactly(7, 9);
  }

  @Test
  void shouldRejectImpossibleShapes() {
    assertReason(pixels(1, 2, 1, (byte) 0), RejectionReason.BAD_RAW_SHAPE);
    assertReason(pixels(0, 2, 1), RejectionReason.BAD_RAW_SHAPE);
    assertReason(pixels(1, 1, 2, (byte) 0, (byte) 0), RejectionReason.BAD_RAW_SHAPE);
    assertReason(pixels(Integer.MAX_VALUE, Integer.MAX_VALUE, 4), RejectionReason.TOO_MANY_PIXELS);
  }

  @Test
  void shouldRejectByTheHeader() {
    // given
    ImageSource huge =
        new ImageSource.FileSource(ByteBuffer.wrap(TestImages.pngClaiming(60_000, 60_000)));
    try (ImageDecoder decoder = new ImageDecoder(3, 64_000_000)) {
      // when
      RejectedImageException e =
          catchThrowableOfType(RejectedImageException.class, () -> decoder.open(huge));

      // then
      assertThat(e.reason()).isEqualTo(RejectionReason.TOO_MANY_PIXELS);
    }
  }

  @Test
  void shouldRejectATruncatedJpeg() {
    // given
    byte[] jpeg = TestImages.file(TestImages.picture(200, 300, 3), "jpg");

    // then
    assertReason(
        new ImageSource.FileSource(ByteBuffer.wrap(jpeg, 0, jpeg.length / 2)),
        RejectionReason.UNDECODABLE);
  }

  @Test
  void shouldNotReturnThePreviousImageForABrokenFile() {
    // given
    byte[] good = TestImages.file(TestImages.picture(200, 300, 3), "jpg");
    try (ImageDecoder decoder = new ImageDecoder(3, 1_000_000)) {
      decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(good)));

      // when
      RejectedImageException e =
          catchThrowableOfType(
              RejectedImageException.class,
              () -> decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(good, 0, 900))));

      // then
      assertThat(e.reason()).isEqualTo(RejectionReason.UNDECODABLE);
      assertThat(decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(good))).rows())
          .isEqualTo(200);
    }
  }

  private static ImageSource pixels(int height, int width, int channels, byte... bytes) {
    return new ImageSource.RawPixels(ByteBuffer.wrap(bytes), height, width, channels);
  }

  private static void assertReason(ImageSource source, RejectionReason reason) {
    RejectedImageException e =
        catchThrowableOfType(RejectedImageException.class, () -> decode(source, 3));
    assertThat(e.reason()).isEqualTo(reason);
  }

  private static Decoded decode(ImageSource source, int channels) {
    try (ImageDecoder decoder = new ImageDecoder(channels, 64_000_000)) {
      Mat image = decoder.decode(source);
      byte[] pixels = new byte[(int) (image.total() * image.elemSize())];
      image.data().get(pixels);
      return new Decoded(new int[] {image.rows(), image.cols(), image.channels()}, pixels);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Decoded(int[] shape, byte[] pixels) {
    int at(int index) {
      return Byte.toUnsignedInt(pixels[index]);
    }
  }
}
