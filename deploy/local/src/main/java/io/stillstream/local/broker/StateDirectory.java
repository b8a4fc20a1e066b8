package io.stillstream.local.broker;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A demo's or a broker's directory while it belongs to this process. */
public final class StateDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel channel;

  private StateDirectory(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /**
   * Makes it if need be, and locks it until closed or until the process ends.
   *
   * @throws StartupException when it cannot be written, or another demo uses it
   */
  public static StateDirectory open(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    Path lockFile = root.resolve("lock");
    FileChannel channel;
    try {
      Files.createDirectories(root);
      channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StartupException("--dir: " + root + " cannot be written: " + e, e);
    }
    if (!locked(channel)) {
      throw new StartupException("--dir: another demo or broker is running in " + root);
    }
    return new StateDirectory(root, channel);
  }

  public Path root() {
    return root;
  }

  /** What the broker stores. */
  public Path kafka() {
    return root.resolve("kafka");
  }

  /** File of the registry. */
  public Path registry() {
    return root.resolve("registry.json");
  }

  public Path augmenter() {
    return root.resolve("augmenter");
  }

  public Path labeler() {
    return root.resolve("labeler");
  }

  public Path trainer() {
    return root.resolve("trainer");
  }

  /** Passwords, keys and certificates. */
  public Path secrets() {
    return root.resolve("secrets");
  }

  public Path config() {
    return root.resolve("config");
  }

  /** Gives the directory free; what it holds stays. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("the lock of " + root + " could not be released", e);
    }
  }

  private static boolean locked(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw new StartupException("--dir: the lock file cannot be locked: " + e, e);
    }
  }
}
