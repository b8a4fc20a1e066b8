package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.image.ImageFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageDecoderScaleTest {
  /** Sides that no scale divides, so that what is left over matters. */
  private static final ImageSize STORED = new ImageSize(SampleImage.HEIGHT, SampleImage.WIDTH);

  @ParameterizedTest
  @MethodSource("jpegs")
  void shouldAverageWhatFallsIntoOnePixel(SampleFile sample) {
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] tiff = ExifSamples.tiff(ByteOrder.LITTLE_ENDIAN, orientation);
      ImageSource source = source(ExifSamples.jpeg(sample.file(), tiff));
      for (int channels : new int[] {1, 3}) {
        try (ImageDecoder decoder = new ImageDecoder(channels, STORED.pixels());
            ImageDecoder partner = new ImageDecoder(channels, STORED.pixels())) {
          // given
          UndecodedImage opened = decoder.open(source);
          Mat full = decoder.decode(opened, 1);
          assertThat(opened.maxScale()).isEqualTo(8);

          for (int scale = 2; scale <= 8; scale *= 2) {
            // when: by another decoder, so that both images live
            Mat reduced = partner.decode(opened, scale);

            // then
            assertThat(new ImageSize(reduced.rows(), reduced.cols())).isEqualTo(opened.size(scale));
            assertAverages(full, reduced, scale, opened.left(scale), opened.top(scale));
          }
        }
      }
    }
  }

  @Test
  void shouldRoundSidesUp() {
    // given
    byte[] turned =
        ExifSamples.jpeg(
            SampleFile.plain(ImageFormat.JPEG).file(), ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 7));
    try (ImageDecoder decoder = new ImageDecoder(3, STORED.pixels())) {
      // when
      UndecodedImage opened = decoder.open(source(turned));

      // then
      assertThat(opened.size()).isEqualTo(new ImageSize(67, 45));
      assertThat(opened.size(2)).isEqualTo(new ImageSize(34, 23));
      assertThat(opened.size(8)).isEqualTo(new ImageSize(9, 6));
      assertThat(List.of(opened.top(8), opened.left(8), opened.top(1))).containsExactly(-5, -3, 0);
    }
  }

  @Test
  void shouldRejectScalesThatTheImageHasNot() {
    try (ImageDecoder decoder = new ImageDecoder(3, STORED.pixels())) {
      UndecodedImage jpeg = decoder.open(source(SampleFile.plain(ImageFormat.JPEG).file()));
      for (int scale : new int[] {-1, 0, 3, 16}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> decoder.decode(jpeg, scale))
            .withMessage("scale must be a power of two up to 8, was " + scale);
      }
      ImageSource.RawPixels raw = new ImageSource.RawPixels(ByteBuffer.allocate(6), 2, 3, 1);
      for (UndecodedImage whole :
          List.of(
              decoder.open(raw),
              decoder.open(source(SampleFile.plain(ImageFormat.PNG).file())),
              decoder.open(source(SampleFile.plain(ImageFormat.WEBP).file())))) {
        assertThat(whole.maxScale()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> decoder.decode(whole, 2));
      }
      assertThat(decoder.open(raw).size()).isEqualTo(new ImageSize(2, 3));
    }
  }

  private static void assertAverages(Mat full, Mat reduced, int scale, int left, int top) {
    int channels = full.channels();
    double sum = 0;
    for (int y = 0; y < reduced.rows(); y++) {
      for (int x = 0; x < reduced.cols(); x++) {
        for (int c = 0; c < channels; c++) {
          double average = average(full, y * scale + top, x * scale + left, scale, c);
          int pixel = at(reduced, y, x, c);
          assertThat((double) pixel).isCloseTo(average, within(20.0));
          sum += Math.abs(pixel - average);
        }
      }
    }
    // Each pixel beside would be 2 to 5 × scale grey levels off.
    assertThat(sum / (reduced.total() * channels)).isLessThan(3);
  }

  private static double average(Mat image, int top, int left, int scale, int channel) {
    int sum = 0;
    int count = 0;
    for (int y = Math.max(0, top); y < Math.min(image.rows(), top + scale); y++) {
      for (int x = Math.max(0, left); x < Math.min(image.cols(), left + scale); x++) {
        sum += at(image, y, x, channel);
        count++;
      }
    }
    return (double) sum / count;
  }

  private static int at(Mat image, int y, int x, int channel) {
    return Byte.toUnsignedInt(image.ptr(y, x).get(channel));
  }

  private static Stream<SampleFile> jpegs() {
    return SampleFile.all().stream()
        .filter(sample -> sample.format() == ImageFormat.JPEG && !sample.name().equals("EXIF"));
  }

  private static ImageSource source(byte[] file) {
    return new ImageSource.FileSource(ByteBuffer.wrap(file));
  }
}
