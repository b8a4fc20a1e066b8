package io.stillstream.bench.input;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** The photographs of a folder that are large enough to cut inputs from. */
final class PhotographFinder {
  /** Enough for variety; more would only take time to prepare. */
  private static final int MOST = 96;

  /**
   * One of them.
   *
   * @param window the largest 4 : 3 window in its middle
   */
  record Photograph(Path file, CropWindow window) {}

  private PhotographFinder() {}

  /**
   * Looks through a folder and all below it for JPEG and PNG files of at least the given size.
   *
   * @return in the order of their names, at most 96, spread over all
   * @throws StartupException if there is none
   */
  static List<Photograph> in(Path directory, int height, int width) {
    List<Path> files = spread(files(directory));
    List<Photograph> found = new ArrayList<>();
    for (Path file : files) {
      try (Mat image = read(file)) {
        if (image.rows() >= height && image.cols() >= width) {
          found.add(new Photograph(file, CropWindow.largest(image.rows(), image.cols())));
        }
      }
    }
    if (found.isEmpty()) {
      throw new StartupException(
          "--photos: %s holds no JPEG or PNG of at least %d × %d"
              .formatted(directory, width, height));
    }
    return found;
  }

  /** The largest of them, by their window. */
  static List<Photograph> largest(List<Photograph> photographs, int count) {
    return photographs.stream()
        .sorted(Comparator.comparingInt((Photograph p) -> p.window().width()).reversed())
        .limit(count)
        .toList();
  }

  /** The pixels of a file, BGR; empty if it is none. To be closed. */
  static Mat read(Path file) {
    return opencv_imgcodecs.imread(file.toString(), opencv_imgcodecs.IMREAD_COLOR);
  }

  private static List<Path> files(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StartupException("--photos: there is no directory " + directory);
    }
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(PhotographFinder::isPicture).filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new StartupException("--photos: " + directory + " cannot be read: " + e, e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }

  private static List<Path> spread(List<Path> files) {
    if (files.size() <= MOST) {
      return files;
    }
    return Stream.iterate(0, i -> i + 1)
        .limit(MOST)
        .map(i -> files.get((int) ((long) i * files.size() / MOST)))
        .toList();
  }
}
