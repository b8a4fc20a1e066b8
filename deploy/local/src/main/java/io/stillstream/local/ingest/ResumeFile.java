package io.stillstream.local.ingest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where in the topic an ingest began. Written once, before its first record; the topic itself then
 * says what was acknowledged, so a kill at any moment loses and doubles nothing.
 *
 * @param topic to which the ingest sends
 * @param source its name, the beginning of its image ids
 * @param began offset by partition
 */
record ResumeFile(String topic, String source, Map<Integer, Long> began) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Optional<ResumeFile> load(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      ResumeFile read = JSON.readValue(Files.readAllBytes(file), ResumeFile.class);
      if (read == null || read.topic == null || read.source == null || read.began == null) {
        throw new StartupException("the state file " + file + " is damaged: parts are missing");
      }
      return Optional.of(read);
    } catch (UnrecognizedPropertyException e) {
      throw new StartupException(
          "the state file %s has \"%s\", which this version does not know: a later version wrote it,"
                  .formatted(file, e.getPropertyName())
              + " run that one again",
          e);
    } catch (JacksonException e) {
      throw new StartupException(
          "the state file " + file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new StartupException("the state file " + file + " cannot be read: " + e, e);
    }
  }

  void save(Path file) {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.write(
          draft, JSON.writeValueAsBytes(new ResumeFile(topic, source, new TreeMap<>(began))));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StartupException(
          "the state file " + file + " cannot be written (choose another with --state): " + e, e);
    }
  }
}
