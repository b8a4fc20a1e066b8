package io.stillstream.trainer.evaluation;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.IdxFile;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labelled examples in a directory, brought to the student's size by stretching: either a pair of
 * idx files ({@code …-images-idx3-ubyte[.gz]}, {@code …-labels-idx1-ubyte[.gz]}; of two pairs that
 * named {@code t10k}), or a folder for each class, named as the class or by its number, with JPEG,
 * PNG, WebP or BMP files.
 */
public final class HeldOutFileReader {
  private static final Logger LOG = LoggerFactory.getLogger(HeldOutFileReader.class);
  static final String KEY = "evaluation.held-out: ";
  private static final String IMAGES = "-images-idx3-ubyte";
  private static final String LABELS = "-labels-idx1-ubyte";

  private final ModelSpec student;
  private final FixedShapeResizer fit;
  private final int most;

  /**
   * @param most examples; of more, as many are taken at even distances
   */
  public HeldOutFileReader(ModelSpec student, int most) {
    this.student = student;
    this.fit =
        new FixedShapeResizer(
            student.height(), student.width(), student.channels(), PixelCodec.MAX_PIXELS);
    this.most = most;
  }

  private record LabeledFile(Path file, int label) {}

  /**
   * Reads them. A warning names the classes that none of them shows.
   *
   * @throws StartupException naming the file, if there is none or one is not what it should be
   */
  public List<TrainingExample> read(Path directory) {
    List<TrainingExample> views = views(directory);
    List<String> without = new ArrayList<>(student.classes());
    views.forEach(view -> without.remove(student.classes().get(view.category())));
    if (!without.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("directory", directory)
          .addKeyValue("classes", String.join(", ", without))
          .log("Held-out set has no image of some classes, so its scores do not cover them");
    }
    return views;
  }

  private List<TrainingExample> views(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StartupException(KEY + "there is no directory " + directory);
    }
    List<Path> idx = list(directory).stream().filter(file -> name(file).contains(IMAGES)).toList();
    if (idx.isEmpty()) {
      return folders(directory);
    }
    return idx(
        idx.stream().filter(file -> name(file).startsWith("t10k")).findFirst().orElse(idx.get(0)));
  }

  private List<TrainingExample> idx(Path imageFile) {
    Path labelFile = imageFile.resolveSibling(name(imageFile).replace(IMAGES, LABELS));
    IdxFile images = readIdx(imageFile, 3);
    IdxFile labels = readIdx(labelFile, 1);
    int count = images.size(0);
    if (labels.size(0) != count) {
      throw new StartupException(
          KEY
              + "%s has %d labels for the %d images of %s"
                  .formatted(labelFile, labels.size(0), count, imageFile));
    }
    int rows = images.size(1);
    int columns = images.size(2);
    int area = rows * columns;
    List<TrainingExample> views = new ArrayList<>();
    for (int i : chosen(count, most)) {
      int label = labels.data()[i] & 0xFF;
      if (label >= student.classes().size()) {
        throw new StartupException(
            KEY
                + "%s names class %d; the student has %d"
                    .formatted(labelFile, label, student.classes().size()));
      }
      byte[] pixels = Arrays.copyOfRange(images.data(), i * area, (i + 1) * area);
      views.add(view(fit.ofPixels(pixels, rows, columns, 1), label));
    }
    return views;
  }

  private static IdxFile readIdx(Path file, int dimensions) {
    try {
      return IdxFile.read(file, dimensions);
    } catch (StartupException e) {
      throw new StartupException(KEY + e.getMessage(), e);
    }
  }

  private List<TrainingExample> folders(Path directory) {
    List<LabeledFile> examples = new ArrayList<>();
    for (Path folder : list(directory)) {
      if (Files.isDirectory(folder)) {
        int label = label(folder);
        list(folder).forEach(file -> examples.add(new LabeledFile(file, label)));
      }
    }
    if (examples.isEmpty()) {
      throw new StartupException(
          KEY + "there are neither idx files nor folders with images in " + directory);
    }
    List<TrainingExample> views = new ArrayList<>();
    for (int i : chosen(examples.size(), most)) {
      LabeledFile example = examples.get(i);
      try {
        views.add(view(fit.ofFile(Files.readAllBytes(example.file)), example.label));
      } catch (IOException | InvalidImageException e) {
        throw new StartupException(KEY + example.file + ": " + e.getMessage(), e);
      }
    }
    return views;
  }

  private int label(Path folder) {
    return ModelSpec.classIndex(student.classes(), name(folder))
        .orElseThrow(
            () ->
                new StartupException(
                    KEY
                        + "folder %s is neither a class of the student, %s, nor a number below %d"
                            .formatted(folder, student.classes(), student.classes().size())));
  }

  /** Indices at even distances: all, or {@code most} of them. */
  static int[] chosen(int count, int most) {
    int taken = Math.min(count, most);
    int[] chosen = new int[taken];
    Arrays.setAll(chosen, i -> (int) ((long) i * count / taken));
    return chosen;
  }

  private static TrainingExample view(byte[] pixels, int label) {
    return new TrainingExample(PixelEncoding.RAW, pixels, null, LabelTarget.of(label), true);
  }

  /** What is in a directory and not hidden, sorted. */
  static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !name(file).startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new StartupException(KEY + directory + " cannot be read: " + e.getMessage(), e);
    }
  }

  static String name(Path file) {
    return file.getFileName().toString();
  }
}
