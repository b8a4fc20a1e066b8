package io.stillstream.local.data;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.IdxFile;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Grey images with their classes, from the two idx files of a data set's training or test part. */
public final class IdxLabeledImages implements LabeledImages {
  /** Which part of a data set. */
  public enum Split {
    TRAIN("train"),
    TEST("t10k");

    private final String prefix;

    Split(String prefix) {
      this.prefix = prefix;
    }

    /** Beginning of a message that says why there is no such part. */
    String missing() {
      return "no " + inMessages() + ": ";
    }

    String inMessages() {
      return this == TRAIN ? "training part" : "test part";
    }
  }

  private final IdxFile images;
  private final IdxFile labels;

  private IdxLabeledImages(IdxFile images, IdxFile labels) {
    this.images = images;
    this.labels = labels;
  }

  /**
   * Reads {@code train-images-idx3-ubyte[.gz]} and its labels, or {@code t10k-…} for the test part.
   *
   * @throws StartupException naming the directory or file, when one is missing or wrong
   */
  public static IdxLabeledImages load(Path directory, Split part) {
    if (!Files.isDirectory(directory)) {
      throw new StartupException("there is no directory " + directory);
    }
    return of(
        file(directory, part.prefix + "-images-idx3-ubyte"),
        file(directory, part.prefix + "-labels-idx1-ubyte"));
  }

  /**
   * Reads a file of images [N, H, W] and one of labels [N].
   *
   * @throws StartupException naming the file, when one is wrong or they do not belong together
   */
  public static IdxLabeledImages of(Path imageFile, Path labelFile) {
    IdxFile images = IdxFile.read(imageFile, 3);
    IdxFile labels = IdxFile.read(labelFile, 1);
    if (images.size(0) != labels.size(0)) {
      throw new StartupException(
          "%s has %d labels for the %d images of %s"
              .formatted(labelFile, labels.size(0), images.size(0), imageFile));
    }
    return new IdxLabeledImages(images, labels);
  }

  /** Number of images, at least 1. */
  @Override
  public int size() {
    return images.size(0);
  }

  /** Rows, pixels. */
  public int height() {
    return images.size(1);
  }

  /** Columns, pixels. */
  public int width() {
    return images.size(2);
  }

  @Override
  public int label(int index) {
    return labels.data()[index] & 0xFF;
  }

  /** Highest class index. */
  public int highestLabel() {
    int highest = 0;
    for (byte label : labels.data()) {
      highest = Math.max(highest, label & 0xFF);
    }
    return highest;
  }

  /** Unsigned bytes [H, W, 1]. */
  public byte[] pixels(int index) {
    int area = height() * width();
    return Arrays.copyOfRange(images.data(), index * area, (index + 1) * area);
  }

  /** The image as a PNG file. */
  public ByteBuffer png(int index) {
    return PixelCodec.encode(PixelEncoding.PNG, height(), width(), 1, pixels(index));
  }

  @Override
  public String name(int index) {
    return "image " + index;
  }

  @Override
  public byte[] file(int index) {
    return ByteArrays.copyOf(png(index));
  }

  @Override
  public byte[] pixels(int index, FixedShapeResizer fit) {
    return fit.ofPixels(pixels(index), height(), width(), 1);
  }

  private static Path file(Path directory, String name) {
    return List.of(name, name + ".gz").stream()
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new StartupException(
                    "there is neither " + name + " nor .gz of it in " + directory));
  }
}
