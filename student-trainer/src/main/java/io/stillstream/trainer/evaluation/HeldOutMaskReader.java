package io.stillstream.trainer.evaluation;

import static io.stillstream.trainer.evaluation.HeldOutFileReader.KEY;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images with masks in a directory: {@code images/NAME.png} (or JPEG, WebP or BMP) and {@code
 * masks/NAME.png}, a grey PNG of class numbers with the size of its image. Both are brought to the
 * student's size by stretching, masks with the nearest pixel.
 */
final class HeldOutMaskReader {
  private static final String IMAGES = "images";
  private static final String MASKS = "masks";

  private final ModelSpec student;
  private final FixedShapeResizer fit;
  private final int most;

  /**
   * @param most examples; of more, as many are taken at even distances
   */
  HeldOutMaskReader(ModelSpec student, int most) {
    this.student = student;
    this.fit =
        new FixedShapeResizer(
            student.height(), student.width(), student.channels(), PixelCodec.MAX_PIXELS);
    this.most = most;
  }

  /**
   * Reads them.
   *
   * @throws StartupException naming the file, if there is none or one is not what it should be
   */
  List<TrainingExample> read(Path directory) {
    for (Path part : List.of(directory.resolve(IMAGES), directory.resolve(MASKS))) {
      if (!Files.isDirectory(part)) {
        throw new StartupException(
            KEY + "there is no directory " + part + "; a segmentation needs images/ and masks/");
      }
    }
    List<Path> images = HeldOutFileReader.list(directory.resolve(IMAGES));
    if (images.isEmpty()) {
      throw new StartupException(KEY + "there are no images in " + directory.resolve(IMAGES));
    }
    List<TrainingExample> views = new ArrayList<>();
    for (int i : HeldOutFileReader.chosen(images.size(), most)) {
      Path image = images.get(i);
      views.add(view(image, directory.resolve(MASKS).resolve(stem(image) + ".png")));
    }
    return views;
  }

  private static String stem(Path file) {
    String name = HeldOutFileReader.name(file);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private TrainingExample view(Path imageFile, Path maskFile) {
    if (!Files.isRegularFile(maskFile)) {
      throw new StartupException(KEY + imageFile + " has no mask: there is no file " + maskFile);
    }
    byte[] image = bytes(imageFile);
    SegmentationMask mask = mask(maskFile);
    try {
      ImageFileHeader header = fit.check(image);
      boolean isTurned = header.orientation() > 4;
      int height = isTurned ? header.width() : header.height();
      int width = isTurned ? header.height() : header.width();
      if (mask.height() != height || mask.width() != width) {
        throw new StartupException(
            KEY
                + "%s is %d x %d, its image %s is %d x %d"
                    .formatted(maskFile, mask.height(), mask.width(), imageFile, height, width));
      }
      ByteBuffer png = MaskCodec.encode(stretched(mask));
      byte[] truth = new byte[png.remaining()];
      png.get(truth);
      return new TrainingExample(
          PixelEncoding.RAW, fit.ofFile(image), null, null, truth, true, 0, ViewIdentity.UNKNOWN);
    } catch (InvalidImageException e) {
      throw new StartupException(KEY + imageFile + ": " + e.getMessage(), e);
    }
  }

  private SegmentationMask mask(Path file) {
    SegmentationMask mask;
    try {
      mask = MaskCodec.decode(ByteBuffer.wrap(bytes(file)));
    } catch (InvalidImageException e) {
      throw new StartupException(KEY + file + ": " + e.getMessage(), e);
    }
    int count = student.classes().size();
    if (!mask.hasOnlyClassesBelow(count)) {
      throw new StartupException(
          KEY
              + "%s has a class that is neither below %d, as the student has, nor %d"
                  .formatted(file, count, SegmentationMask.IGNORE));
    }
    return mask;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartupException(KEY + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private SegmentationMask stretched(SegmentationMask mask) {
    int height = student.height();
    int width = student.width();
    byte[] classes = new byte[height * width];
    for (int y = 0, i = 0; y < height; y++) {
      int row = centre(y, height, mask.height()) * mask.width();
      for (int x = 0; x < width; x++) {
        classes[i++] = mask.classes()[row + centre(x, width, mask.width())];
      }
    }
    return new SegmentationMask(height, width, classes);
  }

  /** The pixel of {@code from} in which the centre of the {@code i}-th of {@code to} lies. */
  private static int centre(int i, int to, int from) {
    return (int) ((2L * i + 1) * from / (2L * to));
  }
}
