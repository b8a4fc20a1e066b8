package io.stillstream.local.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.local.replay.ViewReplayOutcome.Status;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewComparatorTest {
  private static final int HEIGHT = 20;
  private static final int WIDTH = 24;

  @ParameterizedTest
  @CsvSource({"RAW,1", "RAW,3", "PNG,1", "PNG,3", "JPEG,1", "JPEG,3"})
  void shouldFindEqualWhatWasMadeTheSameWayAndDifferentWhatIsOneLevelOff(
      PixelEncoding encoding, int channels) {
    // given
    byte[] pixels = pixels(channels);
    byte[] other = pixels.clone();
    // A whole block by a lot: one level would drown in JPEG's quantisation.
    for (int i = 0; i < (encoding == PixelEncoding.JPEG ? other.length : 1); i++) {
      other[i] ^= (byte) (encoding == PixelEncoding.JPEG ? 0x40 : 1);
    }
    AugmentedView view =
        view(encoding, channels, PixelCodec.encode(encoding, HEIGHT, WIDTH, channels, pixels, 73));

    // then
    assertThat(compare(view, pixels))
        .isEqualTo(
            new ViewReplayOutcome(
                Status.EQUAL,
                "%d bytes of %s, bit for bit"
                    .formatted(
                        view.getPixels().remaining(),
                        encoding == PixelEncoding.JPEG ? "JPEG of quality 73" : encoding)));
    assertThat(compare(view, other).status()).isEqualTo(Status.DIFFERENT);
    assertThat(compare(view, other).detail()).contains("the first at row 0, column 0");
  }

  @Test
  void shouldLetPixelsDecideWhereOnlyTheBytesOfAFileDiffer() {
    // given: a PNG with a chunk that says nothing of the pixels
    byte[] pixels = pixels(1);
    ByteBuffer png = PixelCodec.encode(PixelEncoding.PNG, HEIGHT, WIDTH, 1, pixels);
    byte[] text = {0, 0, 0, 0, 't', 'E', 'X', 't', 0, 0, 0, 0};
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(text, 4, 4);
    ByteBuffer.wrap(text).putInt(8, (int) crc.getValue());
    ByteBuffer longer = ByteBuffer.allocate(png.remaining() + text.length);
    longer.put(png.slice(0, 33)).put(text).put(png.slice(33, png.remaining() - 33)).flip();

    // when
    ViewReplayOutcome outcome = compare(view(PixelEncoding.PNG, 1, longer), pixels);

    // then
    assertThat(outcome.status()).isEqualTo(Status.EQUAL);
    assertThat(outcome.detail()).isEqualTo("all 480 values; the bytes of the PNG differ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RAW", "PNG", "JPEG"})
  void shouldCallDifferentWhatCannotBeCompared(PixelEncoding encoding) {
    // given
    ByteBuffer broken = ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xd8, 3});

    // then
    assertThat(compare(view(encoding, 1, broken), pixels(1)).status()).isEqualTo(Status.DIFFERENT);
    assertThat(compare(view(PixelEncoding.RAW, 1, broken), new byte[5]).detail())
        .contains("cannot be compared");
  }

  @Test
  void shouldCompareMasksToo() {
    // given
    byte[] pixels = pixels(1);
    byte[] classes = new byte[HEIGHT * WIDTH];
    classes[0] = 3;
    SegmentationMask mask = new SegmentationMask(HEIGHT, WIDTH, classes);
    byte[] otherClasses = classes.clone();
    otherClasses[2 * WIDTH + 5] = (byte) SegmentationMask.IGNORE;
    SegmentationMask other = new SegmentationMask(HEIGHT, WIDTH, otherClasses);
    AugmentedView unmasked = view(PixelEncoding.RAW, 1, ByteBuffer.wrap(pixels));
    AugmentedView masked = view(PixelEncoding.RAW, 1, ByteBuffer.wrap(pixels));
    masked.setMask(MaskCodec.encode(mask));
    AugmentedView broken = view(PixelEncoding.RAW, 1, ByteBuffer.wrap(pixels));
    broken.setMask(ByteBuffer.wrap(new byte[] {1, 2}));

    // then
    assertThat(ViewComparator.compare(masked, new RenderedPixels(pixels, mask)))
        .isEqualTo(
            new ViewReplayOutcome(Status.EQUAL, "480 bytes of RAW, bit for bit; the mask, too"));
    requireDifferent(
        masked,
        new RenderedPixels(pixels, other),
        "the pixels are equal, the mask differs, first at row 2, column 5 (recorded 0, replayed"
            + " 255)");
    requireDifferent(
        masked,
        new RenderedPixels(pixels, null),
        "the pixels are equal, but only the recorded view has a mask");
    requireDifferent(
        unmasked,
        new RenderedPixels(pixels, mask),
        "the pixels are equal, but only the replayed view has a mask");
    requireDifferent(broken, new RenderedPixels(pixels, mask), "the recorded mask is none: ");
    requireDifferent(masked, new RenderedPixels(pixels(2), mask), "they cannot be compared");
  }

  private static void requireDifferent(AugmentedView view, RenderedPixels replayed, String detail) {
    ViewReplayOutcome outcome = ViewComparator.compare(view, replayed);
    assertThat(outcome.status()).isEqualTo(Status.DIFFERENT);
    assertThat(outcome.detail()).contains(detail);
  }

  private static ViewReplayOutcome compare(AugmentedView view, byte[] pixels) {
    return ViewComparator.compare(view, new RenderedPixels(pixels, null));
  }

  @Test
  void shouldReadEveryQualityFromTheFile() {
    for (int channels : new int[] {1, 3}) {
      for (int quality = 1; quality <= 100; quality++) {
        ByteBuffer file =
            PixelCodec.encode(
                PixelEncoding.JPEG, HEIGHT, WIDTH, channels, pixels(channels), quality);
        assertThat(JpegQualityDetector.of(file, channels)).as("quality").hasValue(quality);
      }
    }
    assertThat(JpegQualityDetector.of(ByteBuffer.allocate(0), 1)).isEmpty();
  }

  private static byte[] pixels(int channels) {
    byte[] pixels = new byte[HEIGHT * WIDTH * channels];
    new Random(3).nextBytes(pixels);
    return pixels;
  }

  private static AugmentedView view(PixelEncoding encoding, int channels, ByteBuffer pixels) {
    return new AugmentedView(
        new Lineage("images", 0, 0L, "a", 1, 4, 0L, "hash", null, null),
        new Recipe(1, List.of(), null),
        encoding,
        HEIGHT,
        WIDTH,
        channels,
        pixels,
        null,
        null,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
