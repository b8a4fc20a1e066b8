package io.stillstream.local.label;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The label of one image.
 *
 * @param source who or what gave it
 * @param labeledAt when
 */
public record SingleLabel(String imageId, String source, Instant labeledAt) {
  /** What fits a record together with its other fields. */
  private static final int LARGEST_MASK = Topics.MAX_MESSAGE_BYTES - 16 * 1024;

  public SingleLabel {
    if (imageId.isBlank()) {
      throw new StartupException("IMAGE_ID must not be empty");
    }
  }

  /**
   * The record.
   *
   * @param label a class; without it there is a mask
   * @throws StartupException naming what is wrong
   */
  public ImageLabel of(Optional<String> label, Optional<Path> mask, ClassNames classes) {
    ImageLabel.Builder record =
        ImageLabel.newBuilder().setImageId(imageId).setSource(source).setLabeledAt(labeledAt);
    try {
      return label.isPresent()
          ? record.setLabel(classes.index(label.get())).build()
          : record.setMask(mask(mask.orElseThrow(), classes)).build();
    } catch (IllegalArgumentException e) {
      throw new StartupException("CLASS: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer mask(Path file, ClassNames classes) {
    try {
      if (Files.size(file) > LARGEST_MASK) {
        throw new StartupException(
            "--mask %s: must have at most %d bytes, has %d"
                .formatted(file, LARGEST_MASK, Files.size(file)));
      }
      ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(file));
      SegmentationMask mask = MaskCodec.decode(png);
      for (byte value : mask.classes()) {
        int index = Byte.toUnsignedInt(value);
        if (!classes.names().isEmpty()
            && index != SegmentationMask.IGNORE
            && index >= classes.names().size()) {
          throw new StartupException(
              "--mask %s: its values must be below %d, or 255, was %d"
                  .formatted(file, classes.names().size(), index));
        }
      }
      return png;
    } catch (IOException e) {
      throw new StartupException("--mask " + file + ": cannot be read: " + e, e);
    } catch (InvalidImageException e) {
      throw new StartupException("--mask " + file + ": " + e.getMessage(), e);
    }
  }
}
