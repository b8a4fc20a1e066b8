package io.stillstream.schemas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PixelCodecTest {
  private static final int HEIGHT = 20;
  private static final int WIDTH = 31;

  @ParameterizedTest
  @CsvSource({"RAW, 1", "RAW, 3", "PNG, 1", "PNG, 3"})
  void shouldRoundTripPixelsExactly(PixelEncoding encoding, int channels) {
    // given
    byte[] pixels = noise(channels);

    // when
    ByteBuffer encoded = PixelCodec.encode(encoding, HEIGHT, WIDTH, channels, pixels);
    byte[] decoded = PixelCodec.decode(encoding, HEIGHT, WIDTH, channels, encoded);

    // then
    assertThat(decoded).isEqualTo(pixels);
    assertThat(pixels).isEqualTo(noise(channels));
    assertThat(encoded.position()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void shouldKeepColoursNearlyInJpeg(int channels) {
    // given
    byte[] pixels = new byte[HEIGHT * WIDTH * channels];
    byte[] colour = {(byte) 200, 100, 20};
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = colour[i % channels];
    }

    // when
    ByteBuffer encoded = PixelCodec.encode(PixelEncoding.JPEG, HEIGHT, WIDTH, channels, pixels);
    byte[] decoded = PixelCodec.decode(PixelEncoding.JPEG, HEIGHT, WIDTH, channels, encoded);

    // then
    assertThat(decoded).hasSameSizeAs(pixels);
    for (int i = 0; i < pixels.length; i++) {
      assertThat(Math.abs((decoded[i] & 0xFF) - (pixels[i] & 0xFF))).isLessThan(6);
    }
  }

  @Test
  void shouldSpendMoreBytesOnHigherQuality() {
    // given
    byte[] pixels = noise(3);

    // when
    int low = PixelCodec.encode(PixelEncoding.JPEG, HEIGHT, WIDTH, 3, pixels, 20).remaining();
    int high = PixelCodec.encode(PixelEncoding.JPEG, HEIGHT, WIDTH, 3, pixels, 95).remaining();

    // then
    assertThat(high).isGreaterThan(2 * low);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void shouldReadAsRgbWhatAnotherLibraryWrote(String format) throws IOException {
    // given
    BufferedImage red = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        red.setRGB(x, y, Color.RED.getRGB());
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(red, format, file);
    PixelEncoding encoding = format.equals("png") ? PixelEncoding.PNG : PixelEncoding.JPEG;

    // when
    byte[] decoded =
        PixelCodec.decode(encoding, HEIGHT, WIDTH, 3, ByteBuffer.wrap(file.toByteArray()));

    // then
    assertThat(decoded[0] & 0xFF).isGreaterThan(250);
    assertThat(decoded[1] & 0xFF).isLessThan(5);
    assertThat(decoded[2] & 0xFF).isLessThan(5);
  }

  @ParameterizedTest
  @EnumSource(names = {"RAW", "PNG"})
  void shouldReadFromTheMiddleOfADirectBuffer(PixelEncoding encoding) {
    // given
    byte[] pixels = noise(1);
    ByteBuffer encoded = PixelCodec.encode(encoding, HEIGHT, WIDTH, 1, pixels);
    ByteBuffer direct = ByteBuffer.allocateDirect(encoded.remaining() + 7);
    direct.position(3).limit(3 + encoded.remaining());
    direct.duplicate().put(encoded);

    // when
    byte[] decoded = PixelCodec.decode(encoding, HEIGHT, WIDTH, 1, direct);

    // then
    assertThat(decoded).isEqualTo(pixels);
    assertThat(direct.position()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1",
    "1, 0, 1",
    "-1, 5, 3",
    "1, 1, 2",
    "1, 1, 4",
    "1, 1, 0",
    "60000, 60000, 1",
    "65536, 65536, 3"
  })
  void shouldRejectShapeOutOfRange(int height, int width, int channels) {
    // when, then
    assertReason(
        "pixel-shape",
        () ->
            PixelCodec.decode(PixelEncoding.RAW, height, width, channels, ByteBuffer.allocate(1)));
    assertReason(
        "pixel-shape",
        () -> PixelCodec.encode(PixelEncoding.PNG, height, width, channels, new byte[1]));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11, 13})
  void shouldRejectRawPixelsOfAnotherLength(int length) {
    // when, then
    assertReason(
        "pixel-length",
        () -> PixelCodec.decode(PixelEncoding.RAW, 2, 2, 3, ByteBuffer.allocate(length)));
    assertReason(
        "pixel-length", () -> PixelCodec.encode(PixelEncoding.RAW, 2, 2, 3, new byte[length]));
  }

  @ParameterizedTest
  @EnumSource(names = {"PNG", "JPEG"})
  void shouldRejectFileOfAnotherShape(PixelEncoding encoding) {
    // given
    ByteBuffer file = PixelCodec.encode(encoding, HEIGHT, WIDTH, 3, noise(3));

    // when, then
    assertReason("pixel-mismatch", () -> PixelCodec.decode(encoding, WIDTH, HEIGHT, 3, file));
    assertReason("pixel-mismatch", () -> PixelCodec.decode(encoding, HEIGHT, WIDTH, 1, file));
  }

  @Test
  void shouldRejectPngThatClaimsAHugeImageWithoutDecodingIt() {
    // given
    byte[] file = PixelCodec.encode(PixelEncoding.PNG, HEIGHT, WIDTH, 1, noise(1)).array();
    ByteBuffer claim = ByteBuffer.wrap(file);
    claim.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(file, 12, 17);
    claim.putInt(29, (int) crc.getValue());
    long before = Pointer.physicalBytes();

    // when, then
    assertReason(
        "pixel-mismatch",
        () -> PixelCodec.decode(PixelEncoding.PNG, HEIGHT, WIDTH, 1, ByteBuffer.wrap(file)));
    assertThat(Pointer.physicalBytes() - before).isLessThan(100_000_000);
  }

  @Test
  void shouldRejectPngWhoseChunkClaimsMoreThanThereIs() {
    // given
    byte[] file = PixelCodec.encode(PixelEncoding.PNG, HEIGHT, WIDTH, 1, noise(1)).array();
    ByteBuffer.wrap(file).putInt(33, 0x7FFFFFF0);

    // when, then
    assertThatThrownBy(
            () -> PixelCodec.decode(PixelEncoding.PNG, HEIGHT, WIDTH, 1, ByteBuffer.wrap(file)))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("a chunk claims 2147483632 bytes");
  }

  @ParameterizedTest
  @EnumSource(names = {"PNG", "JPEG"})
  void shouldRejectFileTruncatedAnywhere(PixelEncoding encoding) {
    // given
    byte[] file = PixelCodec.encode(encoding, HEIGHT, WIDTH, 3, noise(3)).array();

    for (int length = 0; length < file.length - 40; length += 13) {
      ByteBuffer truncated = ByteBuffer.wrap(Arrays.copyOf(file, length));

      // when, then
      assertReason(
          "pixel-undecodable", () -> PixelCodec.decode(encoding, HEIGHT, WIDTH, 3, truncated));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PNG", "JPEG"})
  void shouldOnlyEverDecodeOrRejectCorruptFiles(PixelEncoding encoding) {
    // given
    byte[] file = PixelCodec.encode(encoding, HEIGHT, WIDTH, 3, noise(3)).array();
    Random random = new Random(5);
    int rejected = 0;

    for (int i = 0; i < 400; i++) {
      byte[] corrupt = file.clone();
      corrupt[random.nextInt(Math.min(200, corrupt.length))] = (byte) random.nextInt();

      // when
      try {
        byte[] decoded = PixelCodec.decode(encoding, HEIGHT, WIDTH, 3, ByteBuffer.wrap(corrupt));

        // then
        assertThat(decoded).hasSize(HEIGHT * WIDTH * 3);
      } catch (InvalidImageException e) {
        rejected++;
      }
    }
    assertThat(rejected).isPositive();
  }

  @Test
  void shouldIgnoreOrientationTag() throws IOException {
    // given
    byte[] plain = PixelCodec.encode(PixelEncoding.JPEG, HEIGHT, WIDTH, 3, noise(3)).array();
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      0x01,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      6,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteArrayOutputStream turned = new ByteArrayOutputStream();
    turned.write(plain, 0, 2);
    turned.write(exif);
    turned.write(plain, 2, plain.length - 2);

    // when
    byte[] decoded =
        PixelCodec.decode(
            PixelEncoding.JPEG, HEIGHT, WIDTH, 3, ByteBuffer.wrap(turned.toByteArray()));

    // then
    assertThat(decoded)
        .isEqualTo(PixelCodec.decode(PixelEncoding.JPEG, HEIGHT, WIDTH, 3, ByteBuffer.wrap(plain)));
  }

  @Test
  void shouldRejectQualityOutOfRange() {
    // when, then
    assertThatThrownBy(() -> PixelCodec.encode(PixelEncoding.JPEG, 1, 1, 1, new byte[1], 101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("101");
  }

  @Tag("slow")
  @Test
  void shouldHoldNoNativeMemory() {
    // given
    int side = 512;
    byte[] pixels = new byte[side * side * 3];
    new Random(3).nextBytes(pixels);
    codeOften(20, side, pixels);
    long tracked = Pointer.totalBytes();
    long physical = Pointer.physicalBytes();

    // when
    codeOften(200, side, pixels);

    // then: what one leaked image in each round would take is 157 MB
    assertThat(Pointer.totalBytes()).isEqualTo(tracked);
    assertThat(Pointer.physicalBytes() - physical).isLessThan(80_000_000);
  }

  private static void codeOften(int times, int side, byte[] pixels) {
    for (int i = 0; i < times; i++) {
      PixelEncoding encoding = i % 2 == 0 ? PixelEncoding.JPEG : PixelEncoding.PNG;
      ByteBuffer file = PixelCodec.encode(encoding, side, side, 3, pixels);
      PixelCodec.decode(encoding, side, side, 3, file);
      assertThatThrownBy(
              () -> PixelCodec.decode(encoding, side, side, 3, file.slice(0, file.limit() / 2)))
          .isInstanceOf(InvalidImageException.class);
    }
  }

  private static void assertReason(String reason, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            InvalidImageException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static byte[] noise(int channels) {
    byte[] pixels = new byte[HEIGHT * WIDTH * channels];
    new Random(7).nextBytes(pixels);
    return pixels;
  }
}
