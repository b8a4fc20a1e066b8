package io.stillstream.augmenter.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Files and pixels for tests; files come from the JDK's encoders where it has one, from OpenCV's
 * for WebP.
 */
public final class TestImages {
  private TestImages() {}

  /** A photograph-like RGB image: smooth, with some texture. */
  public static BufferedImage picture(int height, int width, long seed) {
    Random random = new Random(seed);
    int phase = random.nextInt(100);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = (int) (127 + 120 * Math.sin((x + phase) * 0.07));
        int green = (int) (127 + 120 * Math.cos((y + phase) * 0.05));
        int blue = Math.min(255, (x * 200 / width) + random.nextInt(20));
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  /** An image of one colour, 0xRRGGBB. */
  public static BufferedImage plain(int height, int width, int rgb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** A file of a format that the JDK writes: jpg, png, gif or bmp. */
  public static byte[] file(BufferedImage image, String format) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(format);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A WebP file. */
  public static byte[] webp(BufferedImage image) {
    byte[] png = file(image, "png");
    try (BytePointer data = new BytePointer(png);
        Mat bytes = new Mat(1, png.length, opencv_core.CV_8UC1, data);
        Mat decoded = opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_COLOR);
        BytePointer encoded = new BytePointer()) {
      opencv_imgcodecs.imencode(".webp", decoded, encoded);
      byte[] file = new byte[Math.toIntExact(encoded.limit())];
      encoded.get(file);
      return file;
    }
  }

  /** A PNG whose header claims a size, with next to no data behind it. */
  public static byte[] pngClaiming(int height, int width) {
    ByteBuffer png = ByteBuffer.allocate(8 + 25 + 12 + 10 + 12);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    chunk(png, "IHDR", header);
    chunk(png, "IDAT", new byte[10]);
    chunk(png, "IEND", new byte[0]);
    return png.array();
  }

  private static void chunk(ByteBuffer png, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    png.putInt(data.length).put(name).put(data).putInt((int) crc.getValue());
  }
}
