package io.stillstream.local.preview;

import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An image as users name it.
 *
 * @param file where it lies, as the user wrote it
 * @param image its bytes, and those of its mask if it has one
 */
public record ImageFile(Path file, MaskedImage image) {

  /**
   * Reads the bytes; whether they are an image is not looked at yet.
   *
   * @throws StartupException naming the file, if it cannot be read
   */
  public static ImageFile read(Path file) {
    return new ImageFile(file, MaskedImage.of(new ImageSource.FileSource(bytes("image", file))));
  }

  /**
   * The same image with the bytes of a mask; whether they are one is not looked at yet.
   *
   * @throws StartupException naming the file, if it cannot be read
   */
  public ImageFile withMask(Path mask) {
    return new ImageFile(file, new MaskedImage(image.source(), bytes("mask", mask)));
  }

  private static ByteBuffer bytes(String kind, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StartupException("there is no " + kind + " " + file);
    }
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StartupException(kind + " " + file + " cannot be read: " + e, e);
    }
  }

  /** Its file name alone. */
  String name() {
    return file.getFileName().toString();
  }
}
