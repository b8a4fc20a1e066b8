package io.stillstream.schemas.image;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Masks as PNG files with a palette (colour type 3, 8 bits): values are class indices, and viewers
 * show them in colours (PNG specification, W3C, 2003). Reads only files that it wrote: rows are not
 * filtered, and all of them are in one chunk.
 */
public final class IndexedPng {
  private static final byte[] SIGNATURE = {(byte) 137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};

  /** Bits, colour type, and the usual compression, filters and order of rows. */
  private static final byte[] FORMAT = {8, 3, 0, 0, 0};

  private static final String NOT_A_MASK = "the PNG file is no mask of this service, or is damaged";

  private IndexedPng() {}

  public static byte[] encode(SegmentationMask mask) {
    ByteBuffer header =
        ByteBuffer.allocate(13).putInt(mask.width()).putInt(mask.height()).put(FORMAT);
    byte[] palette = new byte[3 * (SegmentationMask.IGNORE + 1)];
    for (int id = 0; id <= SegmentationMask.IGNORE; id++) {
      System.arraycopy(MaskPalette.colour(id), 0, palette, 3 * id, 3);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    chunk("IHDR", header.array(), file);
    chunk("PLTE", palette, file);
    chunk("IDAT", deflated(mask), file);
    chunk("IEND", new byte[0], file);
    return file.toByteArray();
  }

  /**
   * Decodes a file that {@link #encode} made.
   *
   * @throws InvalidImageException if it is another one, is damaged, or has more than {@link
   *     PixelCodec#MAX_PIXELS}
   */
  public static SegmentationMask decode(byte[] png) {
    try {
      ByteBuffer file = ByteBuffer.wrap(png);
      byte[] signature = new byte[SIGNATURE.length];
      file.get(signature);
      require(Arrays.equals(signature, SIGNATURE));
      ByteBuffer header = chunk("IHDR", file);
      int width = header.getInt();
      int height = header.getInt();
      require(width > 0 && height > 0 && (long) height * width <= PixelCodec.MAX_PIXELS);
      byte[] format = new byte[FORMAT.length];
      header.get(format);
      require(Arrays.equals(format, FORMAT));
      chunk("PLTE", file);
      return inflated(chunk("IDAT", file), height, width);
    } catch (BufferUnderflowException | IllegalArgumentException | IOException e) {
      throw new InvalidImageException(Reason.UNDECODABLE, NOT_A_MASK, e);
    }
  }

  private static void require(boolean valid) {
    if (!valid) {
      throw new InvalidImageException(Reason.UNDECODABLE, NOT_A_MASK);
    }
  }

  /** The data of the next chunk; its checksum is not compared. */
  private static ByteBuffer chunk(String type, ByteBuffer file) {
    int length = file.getInt();
    byte[] name = new byte[4];
    file.get(name);
    require(type.equals(new String(name, StandardCharsets.US_ASCII)));
    require(length >= 0 && length <= file.remaining() - Integer.BYTES);
    ByteBuffer data = file.slice(file.position(), length);
    file.position(file.position() + length + Integer.BYTES);
    return data;
  }

  private static SegmentationMask inflated(ByteBuffer deflated, int height, int width)
      throws IOException {
    byte[] bytes = new byte[deflated.remaining()];
    deflated.get(bytes);
    byte[] classes = new byte[height * width];
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      for (int y = 0; y < height; y++) {
        require(in.read() == 0 && in.readNBytes(classes, y * width, width) == width);
      }
    }
    return new SegmentationMask(height, width, classes);
  }

  private static byte[] deflated(SegmentationMask mask) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      for (int y = 0; y < mask.height(); y++) {
        // Each row begins with its filter: none.
        out.write(0);
        out.write(mask.classes(), y * mask.width(), mask.width());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static void chunk(String type, byte[] data, ByteArrayOutputStream file) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(name);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
