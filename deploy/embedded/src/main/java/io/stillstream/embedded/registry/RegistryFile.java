package io.stillstream.embedded.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.stillstream.embedded.EmbeddedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The registry's state as one JSON file, replaced as a whole: written beside it, forced to disk,
 * renamed over it. A kill at any moment leaves the old state or the new one.
 */
final class RegistryFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path file;

  RegistryFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /**
   * @throws EmbeddedException when the file is there but is not a registry's state
   */
  RegistryState load() {
    try {
      RegistryState state = JSON.readValue(Files.readAllBytes(file), RegistryState.class);
      if (state == null
          || state.schemas() == null
          || state.subjects() == null
          || state.compatibility() == null
          || state.subjectCompatibility() == null) {
        throw new EmbeddedException("the registry file " + file + " is damaged: parts are missing");
      }
      return state;
    } catch (NoSuchFileException e) {
      return RegistryState.empty();
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new EmbeddedException(
          "the registry file " + file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new EmbeddedException("the registry file " + file + " cannot be read: " + e, e);
    }
  }

  void save(RegistryState state) throws IOException {
    Path directory = file.getParent();
    Files.createDirectories(directory);
    Path draft = directory.resolve(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(state));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }
}
