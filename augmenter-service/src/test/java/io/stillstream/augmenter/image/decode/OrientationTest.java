package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.image.ImageFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OrientationTest {
  private static final int HEIGHT = SampleImage.HEIGHT;
  private static final int WIDTH = SampleImage.WIDTH;

  @ParameterizedTest
  @MethodSource("exifs")
  void shouldAgreeWithOpenCv(byte[] tiff) {
    for (byte[] file : files(tiff)) {
      // when
      UndecodedImage.UndecodedFile header =
          UndecodedImage.UndecodedFile.read(ByteBuffer.wrap(file));
      byte[] decoded = decode(file);

      // then: same pixels, and the size that the header tells
      try (BytePointer data = new BytePointer(file);
          Mat bytes = new Mat(1, file.length, opencv_core.CV_8UC1, data);
          Mat theirs = opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
        assertThat(header.size()).isEqualTo(new ImageSize(theirs.rows(), theirs.cols()));
        assertThat(decoded).isEqualTo(pixels(theirs));
      }
    }
  }

  @Test
  void shouldTurnAsExifSays() {
    for (int orientation = 1; orientation <= 8; orientation++) {
      // given
      byte[] file =
          ExifSamples.png(
              SampleFile.plain(ImageFormat.PNG).file(),
              ExifSamples.tiff(ByteOrder.BIG_ENDIAN, orientation),
              "IDAT");

      // when
      byte[] decoded = decode(file);

      // then
      int width = orientation < 5 ? WIDTH : HEIGHT;
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          int at = 3 * shownAt(orientation, y, x, width);
          assertThat(Byte.toUnsignedInt(decoded[at])).isEqualTo(SampleImage.rgb(y, x) >> 16);
          assertThat(decoded[at + 1]).isEqualTo((byte) (SampleImage.rgb(y, x) >> 8));
        }
      }
    }
  }

  @Test
  void shouldHonourTheOrientationOfAnimations() {
    for (String name : List.of("animated", "animated, default")) {
      // given
      byte[] png =
          SampleFile.all().stream()
              .filter(s -> s.format() == ImageFormat.PNG && s.name().equals(name))
              .findFirst()
              .orElseThrow()
              .file();
      byte[] tiff = ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 6);

      // when
      byte[] decoded = decode(ExifSamples.png(png, tiff, "IDAT"));

      // then: the first stored row is the last column shown
      assertThat(Byte.toUnsignedInt(decoded[3 * (HEIGHT - 1)]))
          .isEqualTo(SampleImage.rgb(0, 0) >> 16);
      assertThat(Byte.toUnsignedInt(decoded[3 * (HEIGHT * WIDTH - 1)]))
          .isEqualTo(SampleImage.rgb(0, WIDTH - 1) >> 16);
    }
  }

  @Test
  void shouldIgnoreExifDataWithAWrongChecksum() {
    // given
    byte[] png =
        ExifSamples.png(
            SampleFile.plain(ImageFormat.PNG).file(),
            ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 6),
            "IDAT");
    int sum = 8 + 25 + 8 + ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 6).length;
    png[sum]++;

    // then
    assertThat(UndecodedImage.UndecodedFile.read(ByteBuffer.wrap(png)).orientation())
        .isEqualTo(Orientation.UPRIGHT);
  }

  @Test
  void shouldIgnoreExifDataWithoutAByteOrder() {
    // given: here OpenCV would guess one for JPEG, and not for PNG
    for (byte[] file : files(changed(0, 'X'))) {
      // then
      assertThat(UndecodedImage.UndecodedFile.read(ByteBuffer.wrap(file)).orientation())
          .isEqualTo(Orientation.UPRIGHT);
    }
  }

  /** Index of the pixel that shows row y and column x of the stored image. */
  private static int shownAt(int orientation, int y, int x, int width) {
    int fromBottom = HEIGHT - 1 - y;
    int fromRight = WIDTH - 1 - x;
    return switch (orientation) {
      case 2 -> y * width + fromRight;
      case 3 -> fromBottom * width + fromRight;
      case 4 -> fromBottom * width + x;
      case 5 -> x * width + y;
      case 6 -> x * width + fromBottom;
      case 7 -> fromRight * width + fromBottom;
      case 8 -> fromRight * width + y;
      default -> y * width + x;
    };
  }

  /** Every orientation in both byte orders, and damaged data. */
  private static Stream<byte[]> exifs() {
    Stream.Builder<byte[]> all = Stream.builder();
    for (int orientation = 0; orientation <= 9; orientation++) {
      all.add(ExifSamples.tiff(ByteOrder.LITTLE_ENDIAN, orientation));
      all.add(ExifSamples.tiff(ByteOrder.BIG_ENDIAN, orientation));
    }
    all.add(changed(3, 43));
    all.add(changed(6, 1)); // the directory lies behind the end
    all.add(changed(7, 36)); // its first entry does
    all.add(changed(9, 0)); // no entries
    all.add(changed(11, 0x13)); // another tag
    return all.build();
  }

  private static byte[] changed(int at, int value) {
    byte[] tiff = ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 6);
    tiff[at] = (byte) value;
    return tiff;
  }

  private static List<byte[]> files(byte[] tiff) {
    byte[] png = SampleFile.plain(ImageFormat.PNG).file();
    return List.of(
        ExifSamples.jpeg(SampleFile.plain(ImageFormat.JPEG).file(), tiff),
        ExifSamples.png(png, tiff, "IDAT"),
        ExifSamples.png(png, tiff, "IEND"),
        ExifSamples.webp(SampleFile.plain(ImageFormat.WEBP).file(), tiff));
  }

  private static byte[] decode(byte[] file) {
    try (ImageDecoder decoder = new ImageDecoder(3, 100_000)) {
      return pixels(decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(file))));
    }
  }

  private static byte[] pixels(Mat image) {
    byte[] pixels = new byte[(int) (image.total() * image.elemSize())];
    image.data().get(pixels);
    return pixels;
  }
}
