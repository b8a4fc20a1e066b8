package io.stillstream.trainer.files;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds out at the start whether the trainer's directory can be used, and says why if it cannot.
 */
public final class DirectoryCheck {
  /** What is written to find out: a block, so that a full disk shows. */
  private static final int BYTES = 4096;

  private DirectoryCheck() {}

  /**
   * Makes the directory if there is none, and writes and reads in it.
   *
   * @param parts directories in it that are written to as well, if they are there
   * @throws StartupException naming key, path and reason
   */
  public static void require(Path directory, List<String> parts) {
    Path now = directory;
    try {
      Files.createDirectories(directory);
      tryOut(directory);
      for (String part : parts) {
        now = directory.resolve(part);
        if (Files.exists(now)) {
          tryOut(now);
        }
      }
    } catch (IOException e) {
      throw refused(directory, now.toString(), e);
    }
  }

  private static void tryOut(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      long unused = entries.count();
    }
    Path file = Files.createTempFile(directory, "trial", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(BYTES);
      while (block.hasRemaining()) {
        channel.write(block);
      }
      channel.force(true);
    } finally {
      Files.delete(file);
    }
  }

  /** What to say of a failure in the directory. */
  public static StartupException refused(Path directory, IOException e) {
    String file = e instanceof FileSystemException failure ? failure.getFile() : null;
    return refused(directory, file == null ? directory.toString() : file, e);
  }

  private static StartupException refused(Path directory, String file, IOException e) {
    String where = file.equals(directory.toString()) ? "" : file + ": ";
    return new StartupException("directory: cannot use " + directory + ": " + where + reason(e), e);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied to user " + System.getProperty("user.name");
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return "is not a directory";
    }
    if (e instanceof NoSuchFileException) {
      return "does not exist, and cannot be made";
    }
    String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }
}
