package io.stillstream.trainer.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exclusive right to a trainer's directory. The lock of the operating system ends with the
 * process. The epoch, which grows at every start, is for file systems on which such locks do not
 * reach other machines, or are lost by a process that stood still: the process that started later
 * wins.
 *
 * <p>The former owner cannot change what counts, even if it continues. What it makes is made under
 * a name of its own ({@link #temporaryPath}) and renamed when it still has the newest epoch ({@link
 * #publish}). A start first sets its epoch, and then clears such files of all others away ({@link
 * #deleteStaleFiles}), before it reads anything. So a former owner fails at the epoch, or has
 * nothing to rename; and what it renamed before that is read by the later one.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final int NAME = 8;
  private static final String LOCK = "lock";
  private static final String EPOCH = "epoch";
  private static final String ASIDE = ".new";
  private static final String STALE = ".stale";
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  private final Path directory;
  private final FileChannel channel;
  private final DurableFiles disk;
  private final long epoch;

  /** The epoch, and a name: two that start in the same moment may count alike. */
  private final String owner;

  private DirectoryLock(Path directory, FileChannel channel, DurableFiles disk, long epoch) {
    this.directory = directory;
    this.channel = channel;
    this.disk = disk;
    this.epoch = epoch;
    this.owner = epoch + " " + UUID.randomUUID().toString().substring(0, NAME);
  }

  /**
   * Takes the lock, and makes the directory if there is none.
   *
   * @throws IllegalStateException if another process has it
   */
  public static DirectoryLock acquire(Path directory, DurableFiles disk) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!tryLock(channel)) {
        throw new IllegalStateException(
            "another trainer is at work in " + directory + "; one directory serves one trainer");
      }
      long last = Files.exists(directory.resolve(EPOCH)) ? epoch(read(directory)) : 0;
      DirectoryLock lock = new DirectoryLock(directory, channel, disk, last + 1);
      lock.begin();
      return lock;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void begin() throws IOException {
    Path aside = temporaryPath(directory.resolve(EPOCH));
    Files.write(aside, owner.getBytes(UTF_8));
    disk.sync(aside);
    disk.move(aside, directory.resolve(EPOCH));
    disk.sync(directory);
    deleteStaleFiles(directory);
  }

  /** Where this start makes something that is to have a name later, beside that. */
  public Path temporaryPath(Path target) {
    return target.resolveSibling(target.getFileName() + "." + owner.replace(' ', '-') + ASIDE);
  }

  /**
   * Gives what was made aside its name; it is durable on return.
   *
   * @throws IllegalStateException if another process started later
   */
  public void publish(Path aside, Path target) throws IOException {
    requireHeld();
    disk.move(aside, target);
    disk.sync(target.toAbsolutePath().getParent());
  }

  /** Takes away what earlier starts have made aside, or are still making. */
  public void deleteStaleFiles(Path root) throws IOException {
    List<Path> others;
    try (Stream<Path> paths = Files.list(root)) {
      others = paths.filter(DirectoryLock::isAside).toList();
    }
    for (Path other : others) {
      boolean moved = other.toString().endsWith(STALE);
      Path stale = moved ? other : root.resolve(other.getFileName() + STALE);
      try {
        if (!moved) {
          // In one step, and from under those who still write into it.
          disk.move(other, stale);
        }
        disk.delete(stale);
      } catch (NoSuchFileException e) {
        LOG.atDebug().addKeyValue("file", other).log("It got its name in the last moment");
      } catch (IOException e) {
        if (Files.exists(other) && !moved) {
          throw e;
        }
        LOG.atWarn()
            .addKeyValue("file", stale)
            .addKeyValue("error", e.toString())
            .log("A leftover could not be deleted");
      }
    }
  }

  private static boolean isAside(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(ASIDE) || name.endsWith(ASIDE + STALE);
  }

  /** Number of this start, from 1. */
  public long epoch() {
    return epoch;
  }

  /**
   * Makes sure that no other trainer started later.
   *
   * @throws IllegalStateException if one did
   */
  public void requireHeld() throws IOException {
    String now = read(directory);
    if (!now.equals(owner)) {
      throw new IllegalStateException(
          "another trainer took over "
              + directory
              + ": epoch "
              + epoch(now)
              + ", this one has "
              + epoch);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Locks a file if no other process, and no other channel of this one, has locked it. */
  public static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String read(Path directory) throws IOException {
    return Files.readString(directory.resolve(EPOCH)).strip();
  }

  private static long epoch(String owner) {
    int space = owner.indexOf(' ');
    return Long.parseLong(space < 0 ? owner : owner.substring(0, space));
  }
}
