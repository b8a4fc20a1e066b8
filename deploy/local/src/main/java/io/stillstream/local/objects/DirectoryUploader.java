package io.stillstream.local.objects;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** Writes files below a directory, each of them as a whole. */
final class DirectoryUploader implements ObjectUploader {
  private final Path root;

  /**
   * @param root made if it is not there
   * @throws StartupException if it cannot be written
   */
  DirectoryUploader(Path root) {
    try {
      // As readers see it, who compare real paths.
      this.root = Files.createDirectories(root).toRealPath();
    } catch (IOException e) {
      throw new StartupException("--to: the directory " + root + " cannot be made: " + e, e);
    }
    if (!Files.isWritable(this.root)) {
      throw new StartupException("--to: the directory " + root + " cannot be written");
    }
  }

  @Override
  public String upload(String name, byte[] bytes, String contentType) throws IOException {
    Path file = file(name);
    try {
      Files.createDirectories(file.getParent());
      if (Files.exists(file) || !isCreated(file, bytes)) {
        requireSame(file, bytes);
      }
      return file.toUri().toASCIIString();
    } catch (RejectedNameException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + " cannot be written: " + e, e);
    }
  }

  @Override
  public void close() {}

  private Path file(String name) throws RejectedNameException {
    try {
      Path file = root.resolve(name).normalize();
      ObjectAddress unused = ObjectAddress.parse(file.toUri().toASCIIString());
      if (file.startsWith(root) && !file.equals(root)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new RejectedNameException(name + " is no name of a file: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new RejectedNameException("its address " + e.getMessage());
    }
    throw new RejectedNameException(name + " is not below " + root);
  }

  /** Writes a draft and moves it: readers see all or nothing. False if a file was first. */
  private static boolean isCreated(Path file, byte[] bytes) throws IOException {
    Path draft = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Files.write(draft, bytes);
      Files.move(draft, file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      boolean unused = draft.toFile().delete();
    }
  }

  private static void requireSame(Path file, byte[] bytes) throws IOException {
    if (!Files.isRegularFile(file)
        || Files.size(file) != bytes.length
        || !Arrays.equals(Files.readAllBytes(file), bytes)) {
      throw RejectedNameException.occupied(file.toUri().toASCIIString());
    }
  }
}
