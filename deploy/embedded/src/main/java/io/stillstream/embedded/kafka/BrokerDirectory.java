package io.stillstream.embedded.kafka;

import io.stillstream.embedded.EmbeddedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Makes a directory ready for a broker, and finds out beforehand what would keep one from starting
 * there: a broker that fails halfway can neither be closed nor, for a shared directory, be trusted
 * to leave the other one's files alone.
 */
final class BrokerDirectory {
  private BrokerDirectory() {}

  /**
   * Formats a missing or empty directory and leaves a formatted one as it is.
   *
   * @throws EmbeddedException when it cannot be written, is in use, or holds something else
   */
  static void prepare(Path home) {
    try {
      Files.createDirectories(home);
      boolean formatted = Files.exists(home.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME));
      if (!formatted && !empty(home)) {
        throw new EmbeddedException(
            home
                + " is neither empty nor a broker's directory (no "
                + MetaPropertiesEnsemble.META_PROPERTIES_NAME
                + ")");
      }
      requireUnlocked(home);
      if (!formatted) {
        format(home);
      }
    } catch (EmbeddedException e) {
      throw e;
    } catch (Exception e) {
      throw unusable(home, e);
    }
  }

  static EmbeddedException unusable(Path home, Exception cause) {
    String message = cause.getMessage();
    String reason =
        message == null || cause instanceof IOException
            ? cause.toString()
            : message.lines().findFirst().orElse("");
    return new EmbeddedException(
        "the Kafka directory " + home + " cannot be used: " + reason, cause);
  }

  /** Tries the lock that a running broker holds, and leaves it to the broker to come. */
  private static void requireUnlocked(Path home) throws IOException {
    Path file = home.resolve(".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw inUse(home);
      }
    } catch (OverlappingFileLockException e) {
      throw inUse(home);
    }
  }

  private static EmbeddedException inUse(Path home) {
    return new EmbeddedException("the Kafka directory " + home + " is in use by another broker");
  }

  private static void format(Path home) throws Exception {
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(BrokerSettings.NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
        .setDirectories(List.of(home.toString()))
        .setMetadataLogDirectory(home.toString())
        .run();
  }

  private static boolean empty(Path home) throws IOException {
    try (Stream<Path> entries = Files.list(home)) {
      return entries.findAny().isEmpty();
    }
  }
}
