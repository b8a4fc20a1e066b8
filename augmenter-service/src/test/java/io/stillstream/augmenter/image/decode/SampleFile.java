package io.stillstream.augmenter.image.decode;

import static io.stillstream.augmenter.image.decode.SampleImage.rgb;

import io.stillstream.augmenter.image.TestImages;
import io.stillstream.schemas.image.ImageFormat;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A good file of one of the kinds that arrive.
 *
 * @param name what is special about it
 * @param format its format
 * @param file its bytes
 * @param expected the pixels that it holds, RGB
 * @param tolerance mean deviation of the decoded bytes from these, grey levels; 0 means equal
 */
@SuppressWarnings("ArrayRecordComponent")
record SampleFile(
    String name, ImageFormat format, byte[] file, IntBinaryOperator expected, double tolerance) {

  /** As good as a good quality of lossy encoders makes the picture. */
  private static final double LOSSY = 3;

  /** All kinds, of all formats. */
  static List<SampleFile> all() {
    List<SampleFile> all = new ArrayList<>();
    addJpegs(all);
    addPngs(all);
    addWebps(all);
    addGifs(all);
    addBmps(all);
    return all;
  }

  /** A plain file of each of the formats that carry EXIF data, lossless where there is a choice. */
  static SampleFile plain(ImageFormat format) {
    return switch (format) {
      case JPEG -> sample("plain", format, encode(".jpg", SampleImage.image(), 1, 98), LOSSY);
      case PNG -> sample("plain", format, png(8, PngSamples.RGB, SampleFile::channel), 0);
      case WEBP -> sample("plain", format, encode(".webp", SampleImage.image(), 64, 101), 0);
      default -> throw new IllegalArgumentException(format.name());
    };
  }

  private static void addJpegs(List<SampleFile> all) {
    BufferedImage picture = SampleImage.image();
    ImageFormat jpeg = ImageFormat.JPEG;
    all.add(plain(jpeg));
    all.add(sample("JDK", jpeg, TestImages.file(picture, "jpg"), LOSSY));
    all.add(sample("progressive", jpeg, encode(".jpg", picture, 1, 95, 2, 1), LOSSY));
    all.add(sample("restarts", jpeg, encode(".jpg", picture, 1, 95, 4, 3), LOSSY));
    all.add(new SampleFile("grey", jpeg, greyJpeg(), SampleFile::ramp, LOSSY));
    all.add(sample("CMYK", jpeg, resource("cmyk.jpg"), LOSSY));
    all.add(sample("YCCK", jpeg, resource("ycck.jpg"), LOSSY));
    all.add(sample("arithmetic", jpeg, resource("arithmetic.jpg"), LOSSY));
    all.add(sample("arithmetic progressive", jpeg, resource("arithmetic-progressive.jpg"), LOSSY));
    all.add(sample("EXIF", jpeg, ExifSamples.jpeg(plain(jpeg).file(), upright()), LOSSY));
  }

  private static void addPngs(List<SampleFile> all) {
    ImageFormat png = ImageFormat.PNG;
    all.add(plain(png));
    all.add(sample("interlaced", png, interlaced(), 0));
    all.add(sample("16-bit", png, png(16, PngSamples.RGB, (y, i) -> deep(channel(y, i))), 0));
    all.add(sample("alpha", png, png(8, PngSamples.RGBA, SampleFile::withAlpha), 0));
    all.add(
        sample("16-bit alpha", png, png(16, PngSamples.RGBA, (y, i) -> deep(withAlpha(y, i))), 0));
    all.add(sample("animated", png, resource("animated.png"), 0));
    all.add(sample("animated, default", png, resource("animated-default.png"), 0));
    all.add(sample("EXIF", png, ExifSamples.png(plain(png).file(), upright(), "IDAT"), 0));
    for (int bits = 1; bits <= 8; bits *= 2) {
      int most = (1 << bits) - 1;
      all.add(
          new SampleFile(
              bits + "-bit grey",
              png,
              png(bits, PngSamples.GREY, (y, x) -> (x + 2 * y) & most),
              (y, x) -> grey(((x + 2 * y) & most) * 255 / most),
              0));
      byte[] palette = PngSamples.chunk("PLTE", table(bits));
      byte[] transparency = PngSamples.chunk("tRNS", new byte[] {0, (byte) 128});
      all.add(
          new SampleFile(
              bits + "-bit palette",
              png,
              png(bits, PngSamples.PALETTE, (y, x) -> (x + 2 * y) & most, palette),
              (y, x) -> colour((x + 2 * y) & most),
              0));
      all.add(
          new SampleFile(
              bits + "-bit palette, transparent",
              png,
              png(bits, PngSamples.PALETTE, (y, x) -> (x + 2 * y) & most, palette, transparency),
              (y, x) -> colour((x + 2 * y) & most),
              0));
    }
    all.add(
        new SampleFile(
            "16-bit grey",
            png,
            png(16, PngSamples.GREY, (y, x) -> deep(3 * x + y)),
            SampleFile::ramp,
            0));
    all.add(
        new SampleFile(
            "grey alpha",
            png,
            png(8, PngSamples.GREY_ALPHA, (y, i) -> i % 2 == 0 ? 3 * (i / 2) + y : i),
            SampleFile::ramp,
            0));
  }

  private static void addWebps(List<SampleFile> all) {
    BufferedImage picture = SampleImage.image();
    BufferedImage clear =
        new BufferedImage(SampleImage.WIDTH, SampleImage.HEIGHT, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < SampleImage.HEIGHT; y++) {
      for (int x = 0; x < SampleImage.WIDTH; x++) {
        clear.setRGB(x, y, (x + 100) << 24 | rgb(y, x));
      }
    }
    ImageFormat webp = ImageFormat.WEBP;
    all.add(plain(webp));
    all.add(sample("lossy", webp, encode(".webp", picture, 64, 95), LOSSY));
    all.add(sample("alpha", webp, encode(".webp", clear, 64, 101), 0));
    all.add(sample("lossy alpha", webp, encode(".webp", clear, 64, 95), LOSSY));
    all.add(sample("animated", webp, resource("animated.webp"), LOSSY));
    all.add(sample("EXIF", webp, ExifSamples.webp(plain(webp).file(), upright()), 0));
    all.add(
        sample(
            "EXIF, lossy",
            webp,
            ExifSamples.webp(encode(".webp", picture, 64, 95), upright()),
            LOSSY));
  }

  private static void addGifs(List<SampleFile> all) {
    ImageFormat gif = ImageFormat.GIF;
    all.add(sample("animated", gif, resource("animated.gif"), 6));
    for (int bits = 2; bits <= 8; bits *= 2) {
      int most = (1 << bits) - 1;
      byte[] table = table(bits);
      BufferedImage indexed =
          new BufferedImage(
              SampleImage.WIDTH,
              SampleImage.HEIGHT,
              BufferedImage.TYPE_BYTE_INDEXED,
              new IndexColorModel(8, most + 1, table, 0, false));
      for (int y = 0; y < SampleImage.HEIGHT; y++) {
        for (int x = 0; x < SampleImage.WIDTH; x++) {
          indexed.getRaster().setSample(x, y, 0, (x / 3 + 2 * y) & most);
        }
      }
      all.add(
          new SampleFile(
              bits + "-bit",
              gif,
              TestImages.file(indexed, "gif"),
              (y, x) -> colour((x / 3 + 2 * y) & most),
              0));
    }
  }

  private static void addBmps(List<SampleFile> all) {
    ImageFormat bmp = ImageFormat.BMP;
    all.add(sample("JDK", bmp, TestImages.file(SampleImage.image(), "bmp"), 0));
    all.add(sample("old header", bmp, BmpSamples.old(SampleImage::rgb), 0));
    for (int bits = 24; bits <= 32; bits += 8) {
      all.add(sample(bits + "-bit", bmp, BmpSamples.plain(bits, false, SampleImage::rgb), 0));
      all.add(
          sample(bits + "-bit, top first", bmp, BmpSamples.plain(bits, true, SampleImage::rgb), 0));
    }
    // 5 bits hold the upper bits of 8: off by at most 7, in the mean by half of it
    IntBinaryOperator five =
        (y, x) ->
            ((rgb(y, x) >> 9) & 0x7C00) | ((rgb(y, x) >> 6) & 0x3E0) | ((rgb(y, x) >> 3) & 0x1F);
    IntBinaryOperator six =
        (y, x) ->
            ((rgb(y, x) >> 8) & 0xF800) | ((rgb(y, x) >> 5) & 0x7E0) | ((rgb(y, x) >> 3) & 0x1F);
    all.add(sample("16-bit", bmp, BmpSamples.plain(16, false, five), 4));
    all.add(sample("16-bit fields", bmp, BmpSamples.bitfields(six), 4));
    for (int bits : new int[] {1, 4, 8}) {
      int most = (1 << bits) - 1;
      int[] palette = new int[most + 1];
      for (int i = 0; i <= most; i++) {
        palette[i] = colour(i);
      }
      IntBinaryOperator index = (y, x) -> (x / 3 + 2 * y) & most;
      IntBinaryOperator expected = (y, x) -> colour(index.applyAsInt(y, x));
      all.add(
          new SampleFile(
              bits + "-bit", bmp, BmpSamples.indexed(bits, palette, index), expected, 0));
      if (bits > 1) {
        all.add(
            new SampleFile(
                "runs of " + bits + " bits",
                bmp,
                BmpSamples.runs(bits, palette, index),
                expected,
                0));
      }
    }
  }

  private static SampleFile sample(String name, ImageFormat format, byte[] file, double tolerance) {
    return new SampleFile(name, format, file, SampleImage::rgb, tolerance);
  }

  private static byte[] upright() {
    return ExifSamples.tiff(ByteOrder.LITTLE_ENDIAN, 1);
  }

  private static byte[] png(int depth, int type, IntBinaryOperator samples, byte[]... extra) {
    return PngSamples.file(depth, type, samples, extra);
  }

  /** Channel i % 3 of pixel i / 3 of a row. */
  private static int channel(int y, int i) {
    return (rgb(y, i / 3) >> (16 - 8 * (i % 3))) & 0xFF;
  }

  private static int withAlpha(int y, int i) {
    return i % 4 == 3 ? i % 256 : channel(y, i / 4 * 3 + i % 4);
  }

  /** 16 bits whose upper byte is the given one, and that would not round to it. */
  private static int deep(int value) {
    return (value << 8) | 0xF0;
  }

  private static int ramp(int y, int x) {
    return grey(3 * x + y);
  }

  private static int grey(int value) {
    return value * 0x010101;
  }

  /** A colour for an index of a palette. */
  private static int colour(int index) {
    return (255 - index) << 16 | ((index * 37) & 0xFF) << 8 | ((index * 11) & 0xFF);
  }

  private static byte[] table(int bits) {
    byte[] table = new byte[3 << bits];
    for (int i = 0; i < 1 << bits; i++) {
      table[3 * i] = (byte) (colour(i) >> 16);
      table[3 * i + 1] = (byte) (colour(i) >> 8);
      table[3 * i + 2] = (byte) colour(i);
    }
    return table;
  }

  private static byte[] interlaced() {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(SampleImage.image(), null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** Encodes by OpenCV with its parameters, pairs of number and value. */
  private static byte[] encode(String extension, BufferedImage image, int... parameters) {
    byte[] png = TestImages.file(image, "png");
    try (BytePointer data = new BytePointer(png);
        Mat bytes = new Mat(1, png.length, opencv_core.CV_8UC1, data);
        Mat pixels = opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_UNCHANGED);
        IntPointer pairs = new IntPointer(parameters);
        BytePointer encoded = new BytePointer()) {
      opencv_imgcodecs.imencode(extension, pixels, encoded, pairs);
      byte[] file = new byte[Math.toIntExact(encoded.limit())];
      encoded.get(file);
      return file;
    }
  }

  private static byte[] greyJpeg() {
    BufferedImage grey =
        new BufferedImage(SampleImage.WIDTH, SampleImage.HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < SampleImage.HEIGHT; y++) {
      for (int x = 0; x < SampleImage.WIDTH; x++) {
        grey.getRaster().setSample(x, y, 0, 3 * x + y);
      }
    }
    return encode(".jpg", grey, 1, 95);
  }

  private static byte[] resource(String name) {
    try (InputStream in = SampleFile.class.getResourceAsStream("/images/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
