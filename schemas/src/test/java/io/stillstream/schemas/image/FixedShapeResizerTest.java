package io.stillstream.schemas.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.PixelEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedShapeResizerTest {
  private static final int RED = 200;
  private static final int GREEN = 100;
  private static final int BLUE = 20;
  private final FixedShapeResizer colours = new FixedShapeResizer(4, 4, 3, 10_000);
  private final FixedShapeResizer grey = new FixedShapeResizer(4, 4, 1, 10_000);

  @ParameterizedTest
  @ValueSource(strings = {".jpg", ".png", ".webp", ".bmp"})
  void shouldDecodeTheFormatsOfCameras(String extension) {
    // given
    byte[] file = file(extension, 12, 20);

    // when
    byte[] pixels = colours.ofFile(file);

    // then
    assertThat(pixels).hasSize(48);
    for (int i = 0; i < pixels.length; i += 3) {
      assertThat(pixels[i] & 0xFF).isBetween(RED - 6, RED + 6);
      assertThat(pixels[i + 1] & 0xFF).isBetween(GREEN - 6, GREEN + 6);
      assertThat(pixels[i + 2] & 0xFF).isBetween(BLUE - 6, BLUE + 6);
    }
    byte[] luma = grey.ofFile(file);
    assertThat(luma).hasSize(16);
    for (byte value : luma) {
      assertThat(value & 0xFF).isBetween(115, 127);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".jpg", ".png", ".webp", ".bmp"})
  void shouldRejectAFileThatClaimsTooMuchBeforeDecodingIt(String extension) {
    // given
    byte[] file = file(extension, 120, 100);

    // when, then
    assertThatThrownBy(() -> colours.ofFile(file))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("at most 10000 pixels, was 120 x 100");
  }

  @Test
  void shouldRejectAHugeImageAtOnce() {
    // given: 60,000 x 60,000, and nothing behind the header
    byte[] giant = png(60_000, 60_000, chunk("IDAT", new byte[8]), chunk("IEND", new byte[0]));

    // when, then
    assertThatThrownBy(() -> colours.ofFile(giant))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("was 60000 x 60000");
  }

  @Test
  void shouldDecodeTheDefaultImageOfAnAnimatedPng() {
    // given: the chunk that announces an animation, whose frames are not there
    byte[] animated = png(4, 4, chunk("acTL", new byte[8]), rows(4, 4), chunk("IEND", new byte[0]));

    // when, then
    assertThat(colours.ofFile(animated)).hasSize(48).containsOnly(0);
  }

  @Test
  void shouldNotInflateTextsOfAPng() {
    // given: texts that are damaged, which libpng would find out by inflating them, and say
    byte[] text = chunk("zTXt", new byte[] {'a', 0, 0, 1, 2, 3});
    byte[] international = chunk("iTXt", new byte[] {'a', 0, 1, 0, 0, 0, 1, 2, 3});
    byte[] file = png(4, 4, text, international, rows(4, 4), text, chunk("IEND", new byte[0]));

    // when
    ImageFileHeader header = colours.check(file);
    ByteBuffer still = header.firstFrame(ByteBuffer.wrap(file));

    // then
    assertThat(still.remaining()).isEqualTo(file.length - 2 * text.length - international.length);
    assertThat(still).isEqualTo(ByteBuffer.wrap(png(4, 4, rows(4, 4), chunk("IEND", new byte[0]))));
    assertThat(colours.ofFile(file)).hasSize(48).containsOnly(0);
    assertThat(header.firstFrame(still)).isEqualTo(still);
  }

  @Test
  void shouldDecodeTheFirstFrameOfAGif() {
    // given: two frames of one pixel each, the first red and the second blue
    byte[] animation =
        HexFormat.of()
            .parseHex(
                "474946383961 0100 0100 800000 FF0000 0000FF"
                    .concat("2C 0000 0000 0100 0100 00 02 02 4401 00")
                    .concat("2C 0000 0000 0100 0100 00 02 02 4C01 00 3B")
                    .replace(" ", ""));

    // when
    byte[] pixels = colours.ofFile(animation);

    // then
    for (int i = 0; i < 48; i += 3) {
      assertThat(Arrays.copyOfRange(pixels, i, i + 3)).containsExactly(255, 0, 0);
    }
  }

  /** Black. */
  private static byte[] rows(int height, int width) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      deflater.write(new byte[height * (1 + 3 * width)]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return chunk("IDAT", data.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {".jpg", ".png", ".webp", ".bmp"})
  void shouldRejectAFileThatEndsEarly(String extension) {
    // given
    byte[] file = file(extension, 12, 20);

    // when, then
    for (int length = 0; length < 24; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> colours.ofFile(cut)).isInstanceOf(InvalidImageException.class);
    }
  }

  @Test
  void shouldResizeRawPixelsOfAnyChannels() {
    // when, then
    byte[] one = new byte[64];
    Arrays.fill(one, (byte) 7);
    assertThat(colours.ofPixels(one, 8, 8, 1)).hasSize(48).containsOnly(7);
    assertThat(grey.ofPixels(one, 4, 4, 4)).hasSize(16).containsOnly(7);
    assertThat(grey.ofPixels(Arrays.copyOf(one, 16), 4, 4, 1)).containsOnly(7);
    assertThat(grey.ofPixels(Arrays.copyOf(one, 3), 1, 1, 3)).hasSize(16).containsOnly(7);
  }

  @Test
  void shouldAverageAreas() {
    // given: columns 0 and 100 in turn
    byte[] stripes = new byte[64];
    for (int i = 0; i < 64; i += 2) {
      stripes[i] = 100;
    }

    // when, then
    assertThat(grey.ofPixels(stripes, 8, 8, 1)).containsOnly(50);
  }

  @Test
  void shouldRejectInvalidShapes() {
    // when, then
    assertThatThrownBy(() -> grey.ofPixels(new byte[4], 2, 2, 2)).hasMessageContaining("channels");
    assertThatThrownBy(() -> grey.ofPixels(new byte[4], 0, 2, 1)).hasMessageContaining("0 x 2");
    assertThatThrownBy(() -> grey.ofPixels(new byte[4], 1 << 16, 1 << 16, 1))
        .hasMessageContaining("65536 x 65536");
    assertThatThrownBy(() -> grey.ofPixels(new byte[5], 2, 2, 1))
        .hasMessage("2 x 2 x 1 pixels take 4 bytes, there are 5");
  }

  @Test
  void shouldFreeNativeMemory() {
    // given
    byte[] file = file(".png", 64, 64);
    byte[] bare = new byte[64 * 64 * 4];
    for (int i = 0; i < 200; i++) {
      fit(file, bare);
    }
    long before = Pointer.totalBytes();

    // when
    for (int i = 0; i < 1000; i++) {
      fit(file, bare);
    }

    // then
    assertThat(Pointer.totalBytes()).isEqualTo(before);
  }

  private void fit(byte[] file, byte[] bare) {
    byte[] first = colours.ofFile(file);
    byte[] second = grey.ofPixels(bare, 64, 64, 4);
    assertThat(first.length).isGreaterThan(second.length);
  }

  /** One colour, as OpenCV writes it: its order is BGR. */
  private static byte[] file(String extension, int height, int width) {
    byte[] rgb = new byte[height * width * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) BLUE;
      rgb[i + 1] = (byte) GREEN;
      rgb[i + 2] = (byte) RED;
    }
    // Loads the library.
    assertThat(PixelCodec.encode(PixelEncoding.PNG, height, width, 3, rgb).remaining())
        .isPositive();
    try (BytePointer bytes = new BytePointer(rgb);
        Mat image = new Mat(height, width, opencv_core.CV_8UC(3), bytes);
        BytePointer encoded = new BytePointer()) {
      assertThat(opencv_imgcodecs.imencode(extension, image, encoded)).isTrue();
      byte[] file = new byte[(int) encoded.limit()];
      encoded.get(file);
      return file;
    }
  }

  private static byte[] png(int height, int width, byte[]... chunks) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(new byte[] {8, 2, 0, 0, 0});
    byte[] first = chunk("IHDR", header.array());
    ByteBuffer file =
        ByteBuffer.allocate(8 + first.length + Arrays.stream(chunks).mapToInt(c -> c.length).sum());
    file.putLong(0x89504E470D0A1A0AL).put(first);
    for (byte[] chunk : chunks) {
      file.put(chunk);
    }
    return file.array();
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    chunk.put(type.getBytes(US_ASCII));
    chunk.put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) crc.getValue()).array();
  }
}
