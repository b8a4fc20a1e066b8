package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.schemas.image.ImageFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UndecodedFileTest {
  private static final BufferedImage PICTURE = TestImages.picture(37, 61, 1);

  @Test
  void shouldReturnTheSizeOfEveryFormat() {
    assertHeader(TestImages.file(PICTURE, "jpg"), ImageFormat.JPEG, 8);
    assertHeader(TestImages.file(PICTURE, "png"), ImageFormat.PNG, 1);
    assertHeader(TestImages.file(PICTURE, "gif"), ImageFormat.GIF, 1);
    assertHeader(TestImages.file(PICTURE, "bmp"), ImageFormat.BMP, 1);
    assertHeader(TestImages.webp(PICTURE), ImageFormat.WEBP, 1);
  }

  private static void assertHeader(byte[] file, ImageFormat format, int maxScale) {
    UndecodedImage.UndecodedFile header = read(file);
    assertThat(header.header().format()).isEqualTo(format);
    assertThat(header.stored()).isEqualTo(new ImageSize(37, 61));
    assertThat(header.orientation()).isEqualTo(Orientation.UPRIGHT);
    assertThat(header.maxScale()).isEqualTo(maxScale);
  }

  @Test
  void shouldReturnTheSizeOfTheRarerForms() {
    // given: headers written by hand after the specifications
    byte[] lossless = hex("52494646 00000000 57454250 5650384C 00000000 2F 3C000900 00");
    byte[] extended = hex("52494646 00000000 57454250 56503858 0A000000 00000000 3C0000 240000");
    byte[] oldBmp = hex("424D 00000000 00000000 00000000 0C000000 3D00 2500 0100 1800");
    byte[] topDown = hex("424D 00000000 00000000 00000000 28000000 3D000000 DBFFFFFF");

    // then
    assertThat(read(lossless).stored()).isEqualTo(new ImageSize(37, 61));
    assertThat(read(extended).stored()).isEqualTo(new ImageSize(37, 61));
    assertThat(read(oldBmp).stored()).isEqualTo(new ImageSize(37, 61));
    assertThat(read(topDown).stored()).isEqualTo(new ImageSize(37, 61));
  }

  @Test
  void shouldReadABufferThatDoesNotBeginAtZero() {
    // given
    byte[] file = TestImages.file(PICTURE, "jpg");
    ByteBuffer buffer = ByteBuffer.allocate(file.length + 9).position(5).put(file).flip();
    buffer.position(5);

    // then
    assertThat(UndecodedImage.UndecodedFile.read(buffer).stored()).isEqualTo(new ImageSize(37, 61));
    assertThat(buffer.position()).isEqualTo(5);
  }

  @Test
  void shouldRejectAChunkLongerThanTheFile() {
    // given
    byte[] png = TestImages.pngClaiming(20, 20);
    ByteBuffer.wrap(png).putInt(33, 0x7FFFFFF0);

    // then
    assertReason(png, RejectionReason.BROKEN_FILE);
  }

  @Test
  void shouldRejectAJpegOfVeryManyScans() {
    // given: scans without data, each of which would make the decoder visit the whole image
    byte[] file = progressive(16, 100);
    byte[] more = progressive(16, 101);

    // then
    assertThat(read(file).stored()).isEqualTo(new ImageSize(16, 16));
    assertReason(more, RejectionReason.TOO_MANY_SCANS);
  }

  @Test
  void shouldRejectAJpegWhoseScansVisitAllPixelsTooOften() {
    // given
    UndecodedImage.UndecodedFile sixteen = read(progressive(8000, 16));
    UndecodedImage.UndecodedFile more = read(progressive(8000, 17));

    // then
    sixteen.requireFewScans(64_000_000);
    RejectedImageException e =
        catchThrowableOfType(RejectedImageException.class, () -> more.requireFewScans(64_000_000));
    assertThat(e.reason()).isEqualTo(RejectionReason.TOO_MANY_SCANS);
    assertThat(e).hasMessageContaining("8000 x 8000 pixels visit 1088000000");
  }

  @Test
  void shouldRejectAGifThatClearsItsTableAllTheTime() {
    // given: codes of 3 bits; 4 clears the table
    byte[] file = gif(0b00100100, 65_536 * 3 / 8);
    byte[] more = gif(0b00100100, 70_000 * 3 / 8);

    // then
    assertThat(read(file).stored()).isEqualTo(new ImageSize(10, 10));
    assertReason(more, RejectionReason.BROKEN_FILE);
  }

  @Test
  void shouldAcceptAGifOfTheSameLengthThatDoesNot() {
    // given: a large picture that hardly compresses
    BufferedImage large = TestImages.picture(300, 400, 3);
    byte[] file = TestImages.file(large, "gif");

    // then
    assertThat(file.length).isGreaterThan(30_000);
    assertThat(read(file).stored()).isEqualTo(new ImageSize(300, 400));
  }

  @Test
  void shouldRejectWhatIsNoImage() {
    assertReason(new byte[0], RejectionReason.EMPTY);
    assertReason(new byte[] {1}, RejectionReason.UNKNOWN_FORMAT);
    assertReason(
        "<svg xmlns='x'/>".getBytes(StandardCharsets.US_ASCII), RejectionReason.UNKNOWN_FORMAT);
    assertReason(hex("FFD8FFD9"), RejectionReason.BROKEN_FILE);
    assertReason(hex("FFD8FFE00001"), RejectionReason.BROKEN_FILE);
    assertReason(hex("474946383961 0000 0500"), RejectionReason.BROKEN_FILE);
  }

  @Test
  void shouldEndWithAReasonWhereverAFileIsCut() {
    for (byte[] file : files()) {
      for (int length = 1; length < Math.min(file.length, 600); length++) {
        byte[] cut = Arrays.copyOf(file, length);
        try {
          assertThat(read(cut).stored()).isEqualTo(new ImageSize(37, 61));
        } catch (RejectedImageException e) {
          assertThat(e.reason()).isIn(RejectionReason.BROKEN_FILE, RejectionReason.UNKNOWN_FORMAT);
        }
      }
    }
  }

  @Test
  void shouldSurviveMutations() {
    // given
    Random random = new Random(5);
    List<byte[]> files = files();

    for (int i = 0; i < 100_000; i++) {
      byte[] file = files.get(i % files.size()).clone();
      int mutations = 1 + random.nextInt(8);
      for (int j = 0; j < mutations; j++) {
        file[random.nextInt(Math.min(file.length, 200))] = (byte) random.nextInt(256);
      }

      // when, then: nothing but a header or a reason
      try {
        assertThat(read(file).size().pixels()).isPositive();
      } catch (RejectedImageException e) {
        assertThat(e.getStackTrace()).isEmpty();
      }
    }
  }

  @Test
  void shouldNameTheReason() {
    assertThatThrownBy(() -> read(new byte[] {1, 2, 3}))
        .hasMessage("not a JPEG, PNG, GIF, WebP or BMP file");
    assertThat(RejectionReason.TOO_MANY_PIXELS.tag()).isEqualTo("too_many_pixels");
  }

  private static byte[] progressive(int side, int scans) {
    return hex(
        "FFD8 FFC2000B 08 %04X %04X 01 01 11 00".formatted(side, side)
            + "FFDA0008 01 01 00 010500".repeat(scans)
            + "FFD9");
  }

  /** Data of one repeated group of bits, three bytes long. */
  private static byte[] gif(int codes, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(hex("474946383961 0A00 0A00 800000 000000 FFFFFF 2C 0000 0000 0A00 0A00 00 02"));
    int three = codes | (codes << 6) | (codes << 12) | (codes << 18);
    for (int left = length; left > 0; left -= 255) {
      int block = Math.min(left, 255);
      out.write(block);
      for (int i = 0; i < block; i++) {
        out.write(three >> (8 * (i % 3)));
      }
    }
    out.writeBytes(hex("00 3B"));
    return out.toByteArray();
  }

  private static List<byte[]> files() {
    return List.of(
        TestImages.file(PICTURE, "jpg"),
        TestImages.file(PICTURE, "png"),
        TestImages.file(PICTURE, "gif"),
        TestImages.file(PICTURE, "bmp"),
        TestImages.webp(PICTURE));
  }

  private static UndecodedImage.UndecodedFile read(byte[] file) {
    return UndecodedImage.UndecodedFile.read(ByteBuffer.wrap(file));
  }

  private static void assertReason(byte[] file, RejectionReason reason) {
    RejectedImageException e = catchThrowableOfType(RejectedImageException.class, () -> read(file));
    assertThat(e.reason()).isEqualTo(reason);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
