package io.stillstream.local.option;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that a command writes at its end.
 *
 * @param path as it was given with {@code --out}
 */
public record OutputFile(Path path) {

  /**
   * Before the work, not after it.
   *
   * @throws StartupException if it cannot be written
   */
  public void requireWritable() {
    Path folder = path.toAbsolutePath().getParent();
    if (Files.isDirectory(path)) {
      throw new StartupException("--out must be a file, " + path + " is a directory");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StartupException("--out: there is no directory " + folder);
    }
    if (!Files.isWritable(Files.exists(path) ? path : folder)) {
      throw new StartupException("--out: " + path + " cannot be written");
    }
  }

  /**
   * Before the work, if a file is not to be replaced.
   *
   * @throws StartupException if there is one
   */
  public void requireAbsent() {
    if (Files.exists(path)) {
      throw new StartupException("--out: " + path + " exists; --overwrite replaces it");
    }
  }

  /**
   * Before the work, if a file is to be replaced.
   *
   * @throws StartupException if its directory takes no draft of it
   */
  public void requireReplaceable() {
    Path folder = path.toAbsolutePath().getParent();
    if (!Files.isWritable(folder)) {
      throw new StartupException("--out: " + folder + " cannot be written");
    }
  }

  /**
   * Writes a new file.
   *
   * @throws CommandFailedException if it exists by now, or cannot be written
   */
  public void create(String text) {
    try {
      Files.writeString(path, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailedException(
          "--out: " + path + " exists by now; --overwrite replaces it", e);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Writes the file or replaces it as a whole.
   *
   * @throws CommandFailedException if it cannot be written
   */
  public void replace(String text) {
    Path draft = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      Files.writeString(draft, text);
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private CommandFailedException unwritable(IOException e) {
    return new CommandFailedException("--out: " + path + " cannot be written: " + e, e);
  }
}
