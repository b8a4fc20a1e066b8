package io.stillstream.trainer.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Releases as directories named by version, and {@code current}, a link to the champion. A
 * directory appears with all that is in it. Whatever changes anything runs {@link #exclusively}.
 */
public final class ReleaseStore {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final String CURRENT = "current";
  private static final String ANNOUNCED = "announced";
  private static final String LOCK = "lock";
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOCK_RETRY = Duration.ofMillis(20);

  private final Path root;
  private final DurableFiles disk;

  /**
   * @param root holds the releases; it need not exist
   */
  public ReleaseStore(Path root, DurableFiles disk) {
    this.root = root;
    this.disk = disk;
  }

  public Path root() {
    return root;
  }

  /** Where a version is, or would be. */
  public Path directory(long version) {
    return root.resolve(Long.toString(version));
  }

  /** The link to the champion, which may not exist yet. */
  public Path current() {
    return root.resolve(CURRENT);
  }

  /** The version that {@code current} points to, if that is there. */
  public OptionalLong champion() throws IOException {
    if (!Files.isSymbolicLink(current())) {
      return OptionalLong.empty();
    }
    String target = Files.readSymbolicLink(current()).getFileName().toString();
    if (!VERSION.matcher(target).matches() || !exists(Long.parseLong(target))) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(target));
  }

  public boolean exists(long version) {
    return Files.isDirectory(directory(version));
  }

  /** All versions that are there, lowest first; none if the root does not exist. */
  public SortedSet<Long> versions() throws IOException {
    SortedSet<Long> versions = new TreeSet<>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> paths = Files.list(root)) {
        paths
            .map(path -> path.getFileName().toString())
            .filter(name -> VERSION.matcher(name).matches())
            .forEach(name -> versions.add(Long.parseLong(name)));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return versions;
  }

  /** A change under the lock. */
  interface ExclusiveAction {
    void run() throws IOException;
  }

  /**
   * Runs a change under the lock, which excludes all others, also of other processes. It is held
   * for moments; others wait.
   *
   * @throws IOException if another process holds it for too long
   */
  void exclusively(ExclusiveAction change) throws IOException {
    try (FileChannel channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      awaitLock(channel);
      change.run();
    }
  }

  private void awaitLock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
    try {
      while (!DirectoryLock.tryLock(channel)) {
        if (System.nanoTime() > deadline) {
          throw new IOException(root + " is locked by another process, which does not release it");
        }
        Thread.sleep(LOCK_RETRY.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + root.resolve(LOCK), e);
    }
  }

  /**
   * Makes a release, durable on return. One that a crash left under the same version, and that no
   * checkpoint knows of, is replaced.
   *
   * @param last may refuse, in the last moment before anything that is there changes
   */
  void publish(long version, Map<String, byte[]> files, ExclusiveAction last) throws IOException {
    Path target = directory(version);
    Path aside = root.resolve(version + ".new");
    disk.delete(aside);
    Files.createDirectory(aside);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = aside.resolve(file.getKey());
      Files.write(path, file.getValue());
      disk.sync(path);
    }
    disk.sync(aside);
    last.run();
    disk.delete(target);
    disk.move(aside, target);
    disk.sync(root);
  }

  /** Makes a release of files that come from elsewhere; the link stays as it is. */
  public void adopt(long version, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(root);
    exclusively(() -> publish(version, files, () -> {}));
  }

  /** Lets {@code current} point at a version. */
  void setChampion(long version) throws IOException {
    Path aside = root.resolve(CURRENT + ".new");
    Files.deleteIfExists(aside);
    Files.createSymbolicLink(aside, Path.of(Long.toString(version)));
    disk.move(aside, current());
    disk.sync(root);
  }

  /** Whether a version was made as champion; a damaged one does not count. */
  boolean wasChampion(long version) {
    try {
      return Release.read(this, version).card().wasChampion();
    } catch (ReleaseException e) {
      return false;
    }
  }

  void delete(long version) throws IOException {
    disk.delete(directory(version));
  }

  /**
   * The highest version whose event a broker has, or of which a later decision made that pointless;
   * 0 before the first.
   */
  long announced() throws IOException {
    Path file = root.resolve(ANNOUNCED);
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  /** A manual promotion that is not done: its event is not known to have been sent. */
  Optional<PromotionIntent> promotion() throws IOException {
    return PromotionIntent.read(root);
  }

  /** Notes a manual promotion that begins. */
  void begin(PromotionIntent promotion) throws IOException {
    promotion.write(root, disk);
  }

  /** A manual promotion is done, or undone by a later one. */
  void endPromotion() throws IOException {
    PromotionIntent.delete(root, disk);
  }

  void markAnnounced(long version) throws IOException {
    disk.replace(root.resolve(ANNOUNCED), Long.toString(version).getBytes(UTF_8));
  }
}
