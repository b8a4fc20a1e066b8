package io.stillstream.schemas.image;

import io.stillstream.schemas.answer.SegmentationMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Masks as PNG files with a palette (colour type 3, 8 bits): values are class indices, and viewers
 * show them in colours (PNG specification, W3C, 2003).
 */
public final class IndexedPng {
  private static final byte[] SIGNATURE = {(byte) 137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};

  private IndexedPng() {}

  public static byte[] encode(SegmentationMask mask) {
    ByteBuffer header =
        ByteBuffer.allocate(13)
            .putInt(mask.width())
            .putInt(mask.height())
            .put(new byte[] {8, 3, 0, 0, 0});
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
