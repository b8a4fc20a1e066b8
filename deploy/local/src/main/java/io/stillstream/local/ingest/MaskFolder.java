package io.stillstream.local.ingest;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of masks for a folder of images: PNG files of class indices, in the same sub-folders and
 * of the same names.
 */
record MaskFolder(Path root) {

  /**
   * Takes a folder.
   *
   * @throws StartupException if there is none
   */
  static MaskFolder open(Path root) {
    if (!Files.isDirectory(root)) {
      throw new StartupException("--masks: there is no folder " + root);
    }
    return new MaskFolder(root);
  }

  /**
   * Checks that it is the right folder: images may lack a mask, but not all of them.
   *
   * @param images paths with slashes, relative to the folder of images
   */
  void requireSome(List<String> images) {
    if (images.stream().noneMatch(image -> Files.isRegularFile(file(image)))) {
      throw new StartupException(
          "--masks: no image (of %d) has a mask in %s, the first one would be %s"
              .formatted(images.size(), root, file(images.get(0))));
    }
  }

  /**
   * The mask of an image; null if there is none.
   *
   * @throws UnreadableImageException if it is no mask
   */
  ByteBuffer read(String image) throws UnreadableImageException {
    Path file = file(image);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(file));
      SegmentationMask unused = MaskCodec.decode(png);
      return png;
    } catch (IOException e) {
      throw new UnreadableImageException("its mask cannot be read: " + e);
    } catch (InvalidImageException e) {
      throw new UnreadableImageException("its mask " + file + ": " + e.getMessage());
    }
  }

  private Path file(String image) {
    int end = image.lastIndexOf('.');
    boolean extension = end > image.lastIndexOf('/');
    return root.resolve((extension ? image.substring(0, end) : image) + ".png");
  }
}
