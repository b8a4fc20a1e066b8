package io.stillstream.schemas.image;

import static io.stillstream.schemas.image.JpegSamples.ARITHMETIC;
import static io.stillstream.schemas.image.JpegSamples.PROGRESSIVE;
import static io.stillstream.schemas.image.JpegSamples.SEQUENTIAL;
import static io.stillstream.schemas.image.JpegSamples.encodersScans;
import static io.stillstream.schemas.image.JpegSamples.frame;
import static io.stillstream.schemas.image.JpegSamples.hex;
import static io.stillstream.schemas.image.JpegSamples.join;
import static io.stillstream.schemas.image.JpegSamples.refining;
import static io.stillstream.schemas.image.JpegSamples.scan;
import static io.stillstream.schemas.image.JpegSamples.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stillstream.schemas.PixelEncoding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class ImageFileHeaderTest {
  private static final long MAX_PIXELS = 64_000_000;
  private static final byte[] END = hex("FFD9");

  @Test
  void shouldAcceptTheLargestImageOfEncoders() {
    // given: 8,000 x 8,000 pixels in ten scans, chroma in full and at half the resolution
    ImageFileHeader full =
        header(join(frame(PROGRESSIVE, 8000, 8000, 0x11, 0x11, 0x11), encodersScans(), END));
    ImageFileHeader half =
        header(join(frame(PROGRESSIVE, 8000, 8000, 0x22, 0x11, 0x11), encodersScans(), END));

    // then
    full.requireWithin(MAX_PIXELS);
    half.requireWithin(MAX_PIXELS);
    assertThat(full.visits()).isEqualTo(14 * MAX_PIXELS);
    assertThat(half.visits()).isEqualTo(8 * MAX_PIXELS);
  }

  @Test
  void shouldRejectManyScansOfALargeImage() {
    // given
    byte[] once = join(frame(PROGRESSIVE, 8000, 8000, 0x11), scan(0, 0, 0, 1));
    byte[] refining = scan(1, 63, 0x10, 1);
    ImageFileHeader sixteen = header(join(once, times(15, refining), END));
    ImageFileHeader more = header(join(once, times(16, refining), END));

    // then
    sixteen.requireWithin(MAX_PIXELS);
    assertTooManyScans(
        () -> more.requireWithin(MAX_PIXELS),
        "the scans of a JPEG must visit at most 1024000000 samples, 16 times the pixels that are"
            + " allowed; those of 8000 x 8000 pixels visit 1088000000");
  }

  @Test
  void shouldRejectMoreScansThanAnyEncoderMakesHoweverSmallTheImage() {
    // given
    byte[] once = join(frame(PROGRESSIVE, 8, 8, 0x11), scan(0, 0, 0, 1));
    byte[] more = scan(1, 63, 0x10, 1);

    // then
    header(join(once, times(99, more), END)).requireWithin(MAX_PIXELS);
    assertTooManyScans(
        () -> header(join(once, times(100, more), END)), "JPEG of more than 100 scans");
  }

  @Test
  void shouldStopReadingAfterTooManyScans() {
    // given: eight megabytes of them, and damage behind the hundred and first
    byte[] once = join(frame(PROGRESSIVE, 4000, 4000, 0x11), scan(0, 0, 0, 1));
    byte[] scan = scan(1, 63, 0x10, 1);
    byte[] many = join(once, times((8 << 20) / scan.length, scan));
    Arrays.fill(many, once.length + 100 * scan.length, many.length, (byte) 0xFF);

    // then
    assertTooManyScans(() -> header(many), "JPEG of more than 100 scans");
  }

  @Test
  void shouldCountTheScansOfASequentialFileThatHoldOneComponentEach() {
    // given
    byte[] frame = frame(SEQUENTIAL, 16, 16, 0x22, 0x11, 0x11);
    byte[] three = join(scan(0, 63, 0, 1), scan(0, 63, 0, 2), scan(0, 63, 0, 3));

    // then: two more than there are, and one component again and again
    assertThat(header(join(frame, three, END)).visits()).isEqualTo(256 + 64 + 64);
    assertTooManyScans(
        () -> header(join(frame, times(101, scan(0, 63, 0, 1)), END)),
        "JPEG of more than 100 scans");
  }

  @Test
  void shouldCountArithmeticCodingSixteenTimes() {
    // given
    byte[] grey = join(frame(ARITHMETIC, 8000, 8000, 0x11), scan(0, 63, 0, 1), END);
    byte[] colours =
        join(frame(ARITHMETIC, 8000, 8000, 0x11, 0x11, 0x11), scan(0, 63, 0, 1, 2, 3), END);

    // then
    header(grey).requireWithin(MAX_PIXELS);
    assertThat(header(grey).visits()).isEqualTo(16 * MAX_PIXELS);
    assertTooManyScans(() -> header(colours).requireWithin(MAX_PIXELS), "visit 3072000000");
  }

  @Test
  void shouldCountWholeBlocksAndLetSmallImagesHaveThem() {
    // given: one row, whose blocks are eight high
    ImageFileHeader row =
        header(join(frame(PROGRESSIVE, 1, 1000, 0x22, 0x11, 0x11), encodersScans(), END));

    // then
    assertThat(row.visits()).isEqualTo((6 * 16L + 8 * 8L / 2) * 1008);
    row.requireWithin(1000);
  }

  @Test
  void shouldNotTrustTheComponentsOfScans() {
    // given: component 9, which there is none of; none at all; more than a scan can have
    byte[] frame = frame(PROGRESSIVE, 64, 64, 0x11, 0x11, 0x11);

    // then
    assertThat(header(join(frame, scan(0, 0, 0, 9), END)).visits()).isEqualTo(64 * 64);
    assertUndecodable(join(frame, scan(0, 0, 0), END), "JPEG scan of 0 components");
    assertUndecodable(join(frame, scan(0, 0, 0, 1, 2, 3, 1, 2), END), "JPEG scan of 5 components");
    assertUndecodable(
        join(frame, frame(PROGRESSIVE, 8, 8, 0x11), END), "JPEG with a second frame header");
  }

  @Test
  void shouldEndForAnyLengths() {
    // given
    byte[] file = refining(16, 3, 20);
    Random random = new Random(3);

    for (int i = 0; i < 50_000; i++) {
      byte[] damaged = file.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        damaged[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }

      // when, then: a header or a reason, nothing else
      try {
        assertThat(header(Arrays.copyOf(damaged, 3 + random.nextInt(file.length))).visits())
            .isNotNegative();
      } catch (InvalidImageException e) {
        assertThat(e.reason()).isIn("pixel-undecodable", "pixel-scans");
      }
    }
  }

  @Test
  void shouldBeCheckedByEveryDecoder() {
    // given: a small file that would be decoded well, were it not for the number of its scans
    byte[] good = refining(64, 1, 100);
    byte[] bomb = refining(64, 1, 101);
    FixedShapeResizer fit = new FixedShapeResizer(4, 4, 1, MAX_PIXELS);

    // then
    assertThat(fit.ofFile(good)).hasSize(16);
    assertThat(Thumbnail.ofFile(good, 32, MAX_PIXELS)).isNotEmpty();
    assertThat(view(good)).hasSize(64 * 64);
    assertTooManyScans(() -> fit.ofFile(bomb), "JPEG of more than 100 scans");
    assertTooManyScans(() -> fit.check(bomb), "JPEG of more than 100 scans");
    assertTooManyScans(() -> Thumbnail.ofFile(bomb, 32, MAX_PIXELS), "JPEG of more than 100 scans");
    assertTooManyScans(() -> view(bomb), "JPEG of more than 100 scans");
  }

  @Test
  void shouldIdentifyFormats() {
    assertThat(ImageFormat.of(ByteBuffer.wrap(refining(8, 1, 1)))).hasValue(ImageFormat.JPEG);
    assertThat(ImageFormat.of(ByteBuffer.wrap(hex("474946383961")))).hasValue(ImageFormat.GIF);
    assertThat(ImageFormat.of(ByteBuffer.wrap(hex("5249464600000000574542")))).isEmpty();
    assertThat(ImageFormat.of(ByteBuffer.wrap(new byte[0]))).isEmpty();
    assertThatThrownBy(() -> header(new byte[] {1, 2, 3}))
        .hasMessage("not an image file: neither JPEG, PNG, GIF, WebP nor BMP");
  }

  private static ImageFileHeader header(byte[] file) {
    return ImageFileHeader.of(ByteBuffer.wrap(file));
  }

  private static byte[] view(byte[] file) {
    return PixelCodec.decode(PixelEncoding.JPEG, 64, 64, 1, ByteBuffer.wrap(file));
  }

  private static void assertTooManyScans(ThrowingCallable call, String message) {
    InvalidImageException e = catchThrowableOfType(InvalidImageException.class, call);
    assertThat(e).hasMessageContaining(message);
    assertThat(e.reason()).isEqualTo("pixel-scans").isEqualTo(InvalidImageException.TOO_MANY_SCANS);
  }

  private static void assertUndecodable(byte[] file, String message) {
    InvalidImageException e = catchThrowableOfType(InvalidImageException.class, () -> header(file));
    assertThat(e).hasMessageContaining(message);
    assertThat(e.reason()).isEqualTo("pixel-undecodable");
  }
}
