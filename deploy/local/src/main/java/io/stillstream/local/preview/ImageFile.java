package io.stillstream.local.preview;

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
 * @param source its bytes
 */
public record ImageFile(Path file, ImageSource source) {

  /**
   * Reads the bytes; whether they are an image is not looked at yet.
   *
   * @throws StartupException naming the file, if it cannot be read
   */
  public static ImageFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StartupException("there is no image " + file);
    }
    try {
      return new ImageFile(
          file, new ImageSource.FileSource(ByteBuffer.wrap(Files.readAllBytes(file))));
    } catch (IOException e) {
      throw new StartupException("image " + file + " cannot be read: " + e, e);
    }
  }

  /** Its file name alone. */
  String name() {
    return file.getFileName().toString();
  }
}
