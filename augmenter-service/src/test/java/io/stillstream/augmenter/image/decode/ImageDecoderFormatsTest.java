package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.ImageFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images of every kind that cameras, crawlers and archives send. */
final class ImageDecoderFormatsTest {
  private static final ImageSize SIZE = new ImageSize(SampleImage.HEIGHT, SampleImage.WIDTH);

  @ParameterizedTest
  @MethodSource("samples")
  void shouldDecodeToRgb(SampleFile sample) {
    // given
    byte[] expected = SampleImage.pixels(sample.expected());

    // when
    byte[] decoded = decode(sample, 3);

    // then
    assertDeviation(decoded, expected, sample.tolerance());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldDecodeToGrey(SampleFile sample) {
    // given
    byte[] rgb = SampleImage.pixels(sample.expected());
    byte[] expected = new byte[rgb.length / 3];
    for (int i = 0; i < expected.length; i++) {
      double luma =
          0.299 * Byte.toUnsignedInt(rgb[3 * i])
              + 0.587 * Byte.toUnsignedInt(rgb[3 * i + 1])
              + 0.114 * Byte.toUnsignedInt(rgb[3 * i + 2]);
      expected[i] = (byte) Math.round(luma);
    }

    // when
    byte[] decoded = decode(sample, 1);

    // then: decoders differ in how they round
    assertDeviation(decoded, expected, sample.tolerance() + 1);
  }

  @Test
  void shouldRejectUnlistedFormats() {
    // given: the first bytes of each, with what would follow left out
    Map<String, byte[]> files =
        Map.of(
            "AVIF", box("avif"),
            "HEIC", box("heic"),
            "JPEG XL", hex("0000000C 4A584C20 0D0A870A"),
            "JPEG XL stream", hex("FF0A FA1F"),
            "JPEG 2000", hex("0000000C 6A502020 0D0A870A"),
            "JPEG 2000 stream", hex("FF4F FF51"),
            "TIFF, little-endian", hex("49492A00 08000000"),
            "TIFF, big-endian", hex("4D4D002A 00000008"),
            "PNM", "P6 1 1 255 abc".getBytes(StandardCharsets.US_ASCII),
            "OpenEXR", hex("762F3101 02000000"));

    // then
    files.forEach(
        (name, file) ->
            assertThat(reason(file)).as(name).isEqualTo(RejectionReason.UNKNOWN_FORMAT));
  }

  @Test
  void shouldHideAnimationsOfPngFromOpenCv() {
    for (SampleFile sample : SampleFile.all()) {
      if (sample.format() == ImageFormat.PNG) {
        // given
        boolean animated = sample.name().startsWith("animated");
        ByteBuffer file = ByteBuffer.wrap(sample.file());

        // when
        ByteBuffer still = ImageFileHeader.of(file).firstFrame(file);

        // then: without the chunk and its length, type and sum
        assertThat(still.remaining()).isEqualTo(file.remaining() - (animated ? 8 + 12 : 0));
        assertThat(text(still)).doesNotContain("acTL");
        assertThat(text(file).contains("acTL")).isEqualTo(animated);
      }
    }
  }

  @Test
  void shouldRejectAJpegOf12Bits() {
    // given: one grey block of 8 × 8, its only code saying "no difference" and "end of block"
    String quantisation = "FFDB0043 00" + "10".repeat(64);
    String frame = "FFC1000B 0C 0008 0008 01 01 11 00";
    String codes =
        "FFC40014 00 01000000000000000000000000000000 00"
            + "FFC40014 10 01000000000000000000000000000000 00";
    byte[] file = hex("FFD8" + quantisation + frame + codes + "FFDA0008 01 01 00 003F00 3F FFD9");

    // then
    assertThat(UndecodedImage.UndecodedFile.read(ByteBuffer.wrap(file)).stored())
        .isEqualTo(new ImageSize(8, 8));
    assertThat(reason(file)).isEqualTo(RejectionReason.UNDECODABLE);

    // and: with 8 bits the very same file is good
    byte[] eight = hex(HexFormat.of().formatHex(file).replace("ffc1000b0c", "ffc1000b08"));
    try (ImageDecoder decoder = new ImageDecoder(1, 1_000)) {
      assertThat(decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(eight))).rows())
          .isEqualTo(8);
    }
  }

  private static Stream<SampleFile> samples() {
    return SampleFile.all().stream();
  }

  private static byte[] decode(SampleFile sample, int channels) {
    try (ImageDecoder decoder = new ImageDecoder(channels, SIZE.pixels())) {
      UndecodedImage opened =
          decoder.open(new ImageSource.FileSource(ByteBuffer.wrap(sample.file())));
      assertThat(opened.size()).isEqualTo(SIZE);
      assertThat(((UndecodedImage.UndecodedFile) opened).header().format())
          .isEqualTo(sample.format());
      Mat image = decoder.decode(opened, 1);
      assertThat(image.channels()).isEqualTo(channels);
      assertThat(new ImageSize(image.rows(), image.cols())).isEqualTo(SIZE);
      byte[] pixels = new byte[(int) SIZE.pixels() * channels];
      image.data().get(pixels);
      return pixels;
    }
  }

  private static void assertDeviation(byte[] actual, byte[] expected, double tolerance) {
    if (tolerance == 0) {
      assertThat(actual).isEqualTo(expected);
    } else {
      long sum = 0;
      for (int i = 0; i < expected.length; i++) {
        sum += Math.abs(Byte.toUnsignedInt(actual[i]) - Byte.toUnsignedInt(expected[i]));
      }
      assertThat((double) sum / expected.length).isLessThanOrEqualTo(tolerance);
    }
  }

  private static RejectionReason reason(byte[] file) {
    try (ImageDecoder decoder = new ImageDecoder(3, 1_000)) {
      return catchThrowableOfType(
              RejectedImageException.class,
              () -> decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(file))))
          .reason();
    }
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
  }

  private static byte[] box(String brand) {
    return ("\0\0\0\u0018ftyp" + brand + "\0\0\0\0mif1").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
