package io.stillstream.bench.load.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stillstream.bench.input.SyntheticImages;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** How an image can be bad, and what the augmenter has to call it. */
public enum InvalidImageKind {
  /** An event without a payload. */
  EMPTY("empty"),
  /** Bytes that are no picture at all. */
  NO_PICTURE("unknown_format"),
  /** A PNG whose second half was lost on the way. */
  CUT_PNG("broken_file"),
  /** A JPEG whose second half was lost on the way. */
  CUT_JPEG("undecodable"),
  /** A few bytes of PNG that claim 900 million pixels. */
  BOMB("too_many_pixels"),
  /** Bare pixels, fewer than their shape says. */
  WRONG_SHAPE("bad_raw_shape");

  private static final int SIDE = 96;
  private static final int BOMB_SIDE = 30_000;
  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private final String reason;

  InvalidImageKind(String reason) {
    this.reason = reason;
  }

  /** The reason of its dead letter. */
  public String reason() {
    return reason;
  }

  /** Such an image. */
  ImageEventPayload payload() {
    return switch (this) {
      case EMPTY -> ImageEventPayload.file("image/jpeg", new byte[0]);
      case NO_PICTURE ->
          ImageEventPayload.file("image/jpeg", "<html>404 Not Found</html>".getBytes(US_ASCII));
      case CUT_PNG -> ImageEventPayload.file("image/png", half(PixelEncoding.PNG));
      case CUT_JPEG -> ImageEventPayload.file("image/jpeg", half(PixelEncoding.JPEG));
      case BOMB -> ImageEventPayload.file("image/png", bomb());
      case WRONG_SHAPE ->
          new ImageEventPayload(
              ImageEventPayload.RAW, ByteBuffer.allocate(SIDE), new RawShape(SIDE, SIDE, 1), null);
    };
  }

  private static byte[] half(PixelEncoding encoding) {
    ByteBuffer file =
        PixelCodec.encode(encoding, SIDE, SIDE, 3, SyntheticImages.image(SIDE, SIDE, 3, SIDE));
    return Arrays.copyOf(ByteArrays.copyOf(file), file.remaining() / 2);
  }

  /** Signature, header, an empty body and the end: sound but for what it claims. */
  private static byte[] bomb() {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(BOMB_SIDE).putInt(BOMB_SIDE);
    header.put(new byte[] {8, 0, 0, 0, 0});
    ByteBuffer file = ByteBuffer.allocate(128).put(PNG_SIGNATURE);
    chunk(file, "IHDR", header.array());
    chunk(file, "IDAT", new byte[] {0x78, (byte) 0x9C, 3, 0, 0, 0, 0, 1});
    chunk(file, "IEND", new byte[0]);
    return Arrays.copyOf(file.array(), file.position());
  }

  private static void chunk(ByteBuffer file, String type, byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(US_ASCII));
    crc.update(data);
    file.putInt(data.length).put(type.getBytes(US_ASCII)).put(data).putInt((int) crc.getValue());
  }
}
