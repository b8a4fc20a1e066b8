package io.stillstream.local.demo.cluster;

import io.stillstream.embedded.OwnerOnlyFile;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** Passwords in files that only their owner may read. */
final class PasswordFiles {
  private static final int BYTES = 24;

  private final Path directory;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param directory made if there is none
   */
  PasswordFiles(Path directory) {
    this.directory = directory;
  }

  /** The password in the file of this name; a new one where there is none. */
  String password(String name) {
    Path file = directory.resolve(name + ".password");
    try {
      Files.createDirectories(directory);
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] bytes = new byte[BYTES];
      random.nextBytes(bytes);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      OwnerOnlyFile.write(file, password + "\n");
      return password;
    } catch (IOException e) {
      throw new StartupException("--dir: " + file + " cannot be written: " + e, e);
    }
  }
}
