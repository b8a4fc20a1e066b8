package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.page.image.ImageSampler;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.PngDataUrl;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that takes image files, held against the same files. */
class HostileImageFilesTest {
  /** Of {@code predict.max-pixels}. */
  private static final long PREDICT_PIXELS = 16_000_000;

  @TempDir private Path directory;

  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  private record HostileFile(String name, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<HostileFile> hostile() {
    return Stream.of(
        new HostileFile("a JPEG of 80,000 scans", scans(80_000)),
        new HostileFile("a progressive JPEG that claims 65,500 x 65,500", jpeg(65_500)),
        new HostileFile("a PNG that claims 65,500 x 65,500", png(65_500)),
        new HostileFile("a GIF that claims 65,500 x 65,500", gif(65_500, new byte[0])),
        new HostileFile("a GIF of 80,000 clear codes", gif(4, clears(30_000))),
        new HostileFile("a WebP that claims 16,000 x 16,000", webp(16_000)),
        new HostileFile("a BMP that claims 60,000 x 60,000", bmp(60_000)),
        new HostileFile("a BMP of negative height", bmp(Integer.MIN_VALUE)));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void shouldBeRefusedEverywhereByTheHeader(HostileFile file) throws Exception {
    // given
    byte[] bytes = file.bytes();
    Files.write(directory.resolve("file"), bytes);

    // then: by what nothing is decoded for
    assertThatThrownBy(
            () -> ImageFileHeader.of(ByteBuffer.wrap(bytes)).requireWithin(PixelCodec.MAX_PIXELS))
        .isInstanceOf(InvalidImageException.class);
    // the augmenter
    try (ImageDecoder decoder = new ImageDecoder(3, PixelCodec.MAX_PIXELS)) {
      assertThatThrownBy(() -> decoder.open(new ImageSource.FileSource(ByteBuffer.wrap(bytes))))
          .isInstanceOf(RejectedImageException.class);
    }
    // the trainer: /predict, held-out files, traces
    assertThatThrownBy(() -> new FixedShapeResizer(28, 28, 1, PREDICT_PIXELS).check(bytes))
        .isInstanceOf(InvalidImageException.class);
    assertThatThrownBy(() -> new FixedShapeResizer(28, 28, 1, PixelCodec.MAX_PIXELS).ofFile(bytes))
        .isInstanceOf(InvalidImageException.class);
    assertThat(new PngDataUrl(512, PixelCodec.MAX_PIXELS).of(event(bytes))).isEmpty();
    // the page
    assertThat(ImageSampler.PICTURES.of(event(bytes))).isEmpty();
    // ingest
    IngestItem item =
        IngestSource.of(directory, SourceLabels.FOUND, Optional.empty()).items().get(0);
    assertThatThrownBy(() -> item.content().read()).isInstanceOf(UnreadableImageException.class);
  }

  @Test
  void shouldTakeAGoodFileEverywhere() throws Exception {
    // given
    byte[] bytes = PixelCodec.encode(PixelEncoding.PNG, 4, 4, 3, new byte[48]).array();
    Files.write(directory.resolve("file"), bytes);

    // then
    try (ImageDecoder decoder = new ImageDecoder(3, PixelCodec.MAX_PIXELS)) {
      assertThat(decoder.open(new ImageSource.FileSource(ByteBuffer.wrap(bytes))).size().height())
          .isEqualTo(4);
    }
    assertThat(new FixedShapeResizer(28, 28, 1, PREDICT_PIXELS).ofFile(bytes)).hasSize(28 * 28);
    assertThat(ImageSampler.PICTURES.of(event(bytes))).isPresent();
    assertThat(
            IngestSource.of(directory, SourceLabels.FOUND, Optional.empty())
                .items()
                .get(0)
                .content()
                .read()
                .contentType())
        .isEqualTo("image/png");
  }

  private static ImageEvent event(byte[] bytes) {
    return ImageEvent.newBuilder()
        .setImageId("id")
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/jpeg")
        .setPayload(ByteBuffer.wrap(bytes))
        .build();
  }

  /** 1,000 x 1,000 pixels, which each scan of ten bytes makes a decoder visit. */
  private static byte[] scans(int count) {
    byte[] frame = HexFormat.of().parseHex("ffd8ffc2000b0803e803e801011100");
    byte[] scan = HexFormat.of().parseHex("ffda0008010100010500");
    ByteBuffer file = ByteBuffer.allocate(frame.length + count * scan.length + 2).put(frame);
    for (int i = 0; i < count; i++) {
      file.put(scan);
    }
    return file.putShort((short) 0xFFD9).array();
  }

  private static byte[] jpeg(int side) {
    return HexFormat.of()
        .parseHex("ffd8ffc2000b08%04x%04x01011100ffda000801010001050000ffd9".formatted(side, side));
  }

  private static byte[] png(int side) {
    return HexFormat.of()
        .parseHex(
            "89504e470d0a1a0a0000000d49484452%08x%08x080200000000000000".formatted(side, side)
                + "000000004945 4e44ae426082".replace(" ", ""));
  }

  private static byte[] gif(int side, byte[] data) {
    ByteBuffer file = ByteBuffer.allocate(64 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("GIF89a".getBytes(StandardCharsets.US_ASCII));
    file.putShort((short) side).putShort((short) side).put(new byte[3]);
    file.put((byte) ',').putInt(0).putShort((short) side).putShort((short) side).put((byte) 0);
    return file.put((byte) 2).put(data).array();
  }

  /** Blocks of data that holds nothing but the code 4, of three bits. */
  private static byte[] clears(int bytes) {
    byte[] pattern = HexFormat.of().parseHex("244992");
    ByteBuffer blocks = ByteBuffer.allocate(bytes / 255 * 256);
    for (int i = 0; blocks.hasRemaining(); i++) {
      if (blocks.position() % 256 == 0) {
        blocks.put((byte) 255);
      }
      blocks.put(pattern[i % pattern.length]);
    }
    return blocks.array();
  }

  private static byte[] webp(int side) {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(56);
    file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0);
    int last = side - 1;
    for (int i = 0; i < 2; i++) {
      file.put((byte) last).put((byte) (last >> 8)).put((byte) (last >> 16));
    }
    return file.array();
  }

  private static byte[] bmp(int height) {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    file.put("BM".getBytes(StandardCharsets.US_ASCII)).putInt(64).putInt(0).putInt(54);
    file.putInt(40).putInt(60_000).putInt(height).putShort((short) 1).putShort((short) 24);
    return file.array();
  }
}
