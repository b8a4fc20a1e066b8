package io.stillstream.student.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The exclusive right to a trainer's directory. The lock of the operating system ends with the
 * process. The epoch, which grows at every start, catches file systems on which such locks do not
 * reach other machines: whoever started later wins, and the other stops before it writes.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String EPOCH = "epoch";

  private final Path directory;
  private final FileChannel channel;
  private final long epoch;

  private DirectoryLock(Path directory, FileChannel channel, long epoch) {
    this.directory = directory;
    this.channel = channel;
    this.epoch = epoch;
  }

  /**
   * Takes the lock, and makes the directory if there is none.
   *
   * @throws IllegalStateException if another process has it
   */
  public static DirectoryLock acquire(Path directory, Disk disk) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!tryLock(channel)) {
        throw new IllegalStateException(
            "another trainer is at work in " + directory + "; one directory serves one trainer");
      }
      long epoch = read(directory) + 1;
      disk.replace(directory.resolve(EPOCH), Long.toString(epoch).getBytes(UTF_8));
      return new DirectoryLock(directory, channel, epoch);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Number of this start, from 1. */
  public long epoch() {
    return epoch;
  }

  /**
   * Makes sure that nobody started later.
   *
   * @throws IllegalStateException if somebody did
   */
  public void requireHeld() throws IOException {
    long now = read(directory);
    if (now != epoch) {
      throw new IllegalStateException(
          "another trainer took over " + directory + ": epoch " + now + ", this one has " + epoch);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static long read(Path directory) throws IOException {
    Path file = directory.resolve(EPOCH);
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }
}
