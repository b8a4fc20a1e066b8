package io.stillstream.bench.input;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The files that both workloads read, cut from photographs, so that they have the texture that
 * decoders spend their time on.
 *
 * @param photos JPEG of 500 × 375, quality 90, at least 48
 * @param large JPEG of 4000 × 3000, quality 90, at most 6
 * @param small bare grey pixels of 28 × 28, as many as photos
 * @param smallPng the same as PNG
 */
public record BenchmarkImages(
    List<Path> photos, List<Path> large, List<Path> small, List<Path> smallPng) {
  public static final int PHOTO_HEIGHT = 375;
  public static final int PHOTO_WIDTH = 500;
  static final int LARGE_HEIGHT = 3000;
  static final int LARGE_WIDTH = 4000;
  public static final int SMALL_SIDE = 28;
  private static final int PHOTOS = 48;
  private static final int LARGE = 6;
  private static final int QUALITY = 90;

  /**
   * Makes them.
   *
   * @param photographs folder to cut from
   * @param directory folder to write to
   * @throws StartupException if there is no photograph, or nothing can be written
   */
  public static BenchmarkImages make(Path photographs, Path directory) {
    List<PhotographFinder.Photograph> found =
        PhotographFinder.in(photographs, PHOTO_HEIGHT, PHOTO_WIDTH);
    List<Path> photos = new ArrayList<>();
    List<Path> small = new ArrayList<>();
    List<Path> smallPng = new ArrayList<>();
    int each = (PHOTOS + found.size() - 1) / found.size();
    for (PhotographFinder.Photograph photograph : found) {
      try (Mat image = PhotographFinder.read(photograph.file())) {
        for (int i = 0; i < each; i++) {
          int number = photos.size();
          CropWindow window = photograph.window().part(i, PHOTO_WIDTH);
          try (Mat photo = window.cut(image, PHOTO_HEIGHT, PHOTO_WIDTH);
              Mat tiny = window.cut(image, SMALL_SIDE, SMALL_SIDE);
              Mat grey = new Mat()) {
            opencv_imgproc.cvtColor(tiny, grey, opencv_imgproc.COLOR_BGR2GRAY);
            photos.add(write(directory.resolve("photo-%03d.jpg".formatted(number)), photo));
            smallPng.add(write(directory.resolve("small-%03d.png".formatted(number)), grey));
            small.add(writeRaw(directory.resolve("small-%03d.raw".formatted(number)), grey));
          }
        }
      }
    }
    return new BenchmarkImages(photos, large(found, directory), small, smallPng);
  }

  private static List<Path> large(List<PhotographFinder.Photograph> found, Path directory) {
    List<Path> large = new ArrayList<>();
    for (PhotographFinder.Photograph photograph : PhotographFinder.largest(found, LARGE)) {
      try (Mat image = PhotographFinder.read(photograph.file());
          Mat grown = photograph.window().cut(image, LARGE_HEIGHT, LARGE_WIDTH)) {
        large.add(write(directory.resolve("large-%d.jpg".formatted(large.size())), grown));
      }
    }
    return large;
  }

  /** Reads all files of a set into memory. */
  public static List<byte[]> bytes(List<Path> files) {
    return files.stream().map(BenchmarkImages::bytes).toList();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartupException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path write(Path file, Mat image) {
    try (IntPointer parameters =
        file.toString().endsWith(".jpg")
            ? new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, QUALITY)
            : new IntPointer()) {
      if (!opencv_imgcodecs.imwrite(file.toString(), image, parameters)) {
        throw new StartupException(file + " cannot be written");
      }
      return file;
    }
  }

  private static Path writeRaw(Path file, Mat image) {
    byte[] pixels = new byte[SMALL_SIDE * SMALL_SIDE];
    image.data().get(pixels);
    try {
      return Files.write(file, pixels);
    } catch (IOException e) {
      throw new StartupException(file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
