package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.augmenter.fetch.AllowedPrefix;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads files. A symbolic link is followed where its end is below the same prefix. */
final class FileObjectReader implements SchemeReader {
  /** Longest name of a file that a system can have: a longer one is an error of another kind. */
  private static final int MOST_NAME_BYTES = 255;

  private final AllowList allowed;

  FileObjectReader(AllowList allowed) {
    this.allowed = allowed;
  }

  @Override
  public byte[] read(ObjectAddress address, SizeLimit limit) throws RefusedObjectException {
    try {
      Path file = resolve(address);
      long size = Files.size(file);
      limit.check(address, size);
      try (InputStream in = open(file)) {
        return limit.read(address, in, -1, size);
      }
    } catch (IOException e) {
      throw failed(address, e);
    }
  }

  @Override
  public void probe(ObjectAddress address) throws RefusedObjectException {
    try {
      open(resolve(address)).close();
    } catch (IOException e) {
      throw failed(address, e);
    }
  }

  /** The file itself, by a path without symbolic links. */
  private Path resolve(ObjectAddress address) throws IOException {
    AllowedPrefix prefix = allowed.covering(address);
    Path folder;
    try {
      folder = Path.of(prefix.address().path()).toRealPath();
    } catch (IOException | InvalidPathException e) {
      throw new UnavailableObjectException(
          "folder %s is away: %s".formatted(prefix.prefix(), e), e);
    }
    Path file = path(address).toRealPath();
    if (!file.startsWith(folder)) {
      throw new RejectedObjectException(
          ObjectRejection.NOT_ALLOWED,
          "%s is a symbolic link out of %s".formatted(address, prefix.prefix()));
    }
    // To open a pipe is to wait for its writer.
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new RejectedObjectException(
          ObjectRejection.NOT_ALLOWED, "%s is not a regular file".formatted(address));
    }
    return file;
  }

  private static Path path(ObjectAddress address) {
    for (String name : address.path().split("/", -1)) {
      if (name.getBytes(UTF_8).length > MOST_NAME_BYTES) {
        throw absent(address);
      }
    }
    try {
      return Path.of(address.path());
    } catch (InvalidPathException e) {
      throw absent(address);
    }
  }

  private static RejectedObjectException absent(ObjectAddress address) {
    return new RejectedObjectException(
        ObjectRejection.NOT_FOUND, "%s does not exist".formatted(address));
  }

  private static InputStream open(Path file) throws IOException {
    return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  private static RuntimeException failed(ObjectAddress address, IOException e)
      throws RefusedObjectException {
    if (e instanceof NoSuchFileException) {
      return absent(address);
    }
    String message = "%s cannot be read: %s".formatted(address, e);
    if (e instanceof FileSystemException) {
      throw new RefusedObjectException(message, e);
    }
    return new UnavailableObjectException(message, e);
  }

  @Override
  public void close() {}
}
