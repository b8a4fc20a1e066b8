package io.stillstream.local.demo.cluster;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** Files that nobody but their owner may read. */
public final class OwnerOnlyFiles {
  private static final int BYTES = 24;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param directory made if there is none
   */
  OwnerOnlyFiles(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  /** The password in the file of this name; a new one where there is none. */
  String password(String name) {
    Path file = directory.resolve(name + ".password");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] bytes = new byte[BYTES];
      random.nextBytes(bytes);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      write(file, password + "\n");
      return password;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Writes a file anew. */
  public static void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, OWNER);
    Files.writeString(file, text);
  }

  private static StartupException unwritable(Path path, IOException e) {
    return new StartupException("--dir: " + path + " cannot be written: " + e, e);
  }
}
