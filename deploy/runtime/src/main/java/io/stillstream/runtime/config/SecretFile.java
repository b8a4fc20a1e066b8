package io.stillstream.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A secret in a file, as Docker and Kubernetes mount them: the text, less the end of its line. */
public final class SecretFile {
  /** A PEM chain has a few thousand bytes; a log or a device named by mistake is refused. */
  private static final int MOST_BYTES = 64 * 1024;

  private SecretFile() {}

  /**
   * The secret in it now.
   *
   * @throws IllegalArgumentException naming the file, and nothing of what is in it
   */
  public static String read(String name) {
    try {
      Path file = Path.of(name);
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException("file " + name + " is a directory");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MOST_BYTES + 1);
      }
      if (bytes.length > MOST_BYTES) {
        throw new IllegalArgumentException(
            "file " + name + " is too long for a secret, more than " + MOST_BYTES + " bytes");
      }
      String text = text(bytes);
      if (text.isEmpty()) {
        throw new IllegalArgumentException("file " + name + " is empty");
      }
      return text;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("file " + name + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException("file " + name + " may not be read by this user", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("file " + name + " is not UTF-8 text", e);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("file " + name + " is no path", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("file " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    int end = text.length();
    if (text.endsWith("\n")) {
      end -= text.endsWith("\r\n") ? 2 : 1;
    }
    return text.substring(0, end);
  }
}
