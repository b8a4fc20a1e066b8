package io.stillstream.trainer.release;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Keeps a trainer and a command line from changing the same releases at the same time. Held for
 * moments; others wait.
 */
final class ReleaseLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(20);

  private final FileChannel channel;

  private ReleaseLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @throws IOException if it is held for too long
   */
  static ReleaseLock acquire(Path root) throws IOException {
    Path file = root.resolve("lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!tryLock(channel)) {
        if (System.nanoTime() > deadline) {
          throw new IOException(root + " is locked by another process, which does not release it");
        }
        Thread.sleep(RETRY.toMillis());
      }
      return new ReleaseLock(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      channel.close();
      throw new IOException("interrupted while waiting for " + file, e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process.
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
