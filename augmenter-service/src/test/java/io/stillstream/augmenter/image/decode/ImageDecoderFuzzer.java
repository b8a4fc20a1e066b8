package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Sends damaged files through the decoder and counts how they end. A program of its own: a native
 * crash is seen as its exit code, and the memory of its process is that of decoding.
 */
final class ImageDecoderFuzzer {
  /** Largest image decoded: room for other sides than those of the samples, and quickly done. */
  private static final int MAX_PIXELS = 100_000;

  /** How a file ends that is not rejected. */
  static final String DECODED = "decoded";

  private static final int[] SCALES = {1, 2, 4, 8};

  private final List<SampleFile> samples = SampleFile.all();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Path last;

  private ImageDecoderFuzzer(Path last) {
    this.last = last;
  }

  /**
   * Runs.
   *
   * @param arguments number of files, seed, file for the result as properties, file in which the
   *     last damaged file stands while it is decoded
   */
  public static void main(String[] arguments) throws Exception {
    opencv_core.setNumThreads(1);
    ImageDecoderFuzzer fuzz = new ImageDecoderFuzzer(Path.of(arguments[3]));
    Properties result = fuzz.run(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
    try (PrintStream out = new PrintStream(arguments[2], StandardCharsets.UTF_8)) {
      result.store(out, null);
    }
  }

  private Properties run(int files, long seed) throws Exception {
    List<byte[]> seeds = samples.stream().map(SampleFile::file).toList();
    FileMutator mutations = new FileMutator(seeds, seed);
    SplittableRandom random = new SplittableRandom(~seed);
    Properties result = new Properties();
    try (ImageDecoder grey = new ImageDecoder(1, MAX_PIXELS);
        ImageDecoder colour = new ImageDecoder(3, MAX_PIXELS)) {
      int[] before = sums(grey, colour);
      long warm = 0;
      for (int i = 0; i < files; i++) {
        if (i == files / 4) {
          warm = Pointer.physicalBytes();
        }
        SampleFile sample = samples.get(i % samples.size());
        byte[] file = mutations.of(sample.file());
        int channels = random.nextBoolean() ? 1 : 3;
        Files.write(last, file);
        int scale = SCALES[random.nextInt(SCALES.length)];
        String end = decode(channels == 1 ? grey : colour, channels, file, scale);
        counts.merge(sample.format() + "." + end, 1, Integer::sum);
      }
      result.setProperty("same", String.valueOf(Arrays.equals(before, sums(grey, colour))));
      result.setProperty("grown", String.valueOf(Pointer.physicalBytes() - warm));
    }
    counts.forEach((name, count) -> result.setProperty(name, String.valueOf(count)));
    return result;
  }

  /** Ends in an image of the promised size or in a rejection; anything else ends the program. */
  private static String decode(ImageDecoder decoder, int channels, byte[] file, int scale) {
    try {
      UndecodedImage opened = decoder.open(new ImageSource.FileSource(ByteBuffer.wrap(file)));
      int used = Math.min(scale, opened.maxScale());
      Mat image = decoder.decode(opened, used);
      ImageSize promised = opened.size(used);
      if (image.rows() != promised.height()
          || image.cols() != promised.width()
          || image.channels() != channels
          || image.depth() != opencv_core.CV_8U) {
        throw new IllegalStateException("decoded to " + image + ", promised was " + promised);
      }
      return DECODED;
    } catch (RejectedImageException e) {
      return e.reason().tag();
    }
  }

  /** Hashes of the pixels of all good files. */
  private int[] sums(ImageDecoder grey, ImageDecoder colour) {
    return samples.stream()
        .flatMap(sample -> List.of(sum(grey, sample), sum(colour, sample)).stream())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int sum(ImageDecoder decoder, SampleFile sample) {
    Mat image = decoder.decode(new ImageSource.FileSource(ByteBuffer.wrap(sample.file())));
    byte[] pixels = new byte[(int) (image.total() * image.elemSize())];
    image.data().get(pixels);
    return Arrays.hashCode(pixels);
  }
}
