package io.stillstream.student.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.student.checkpoint.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Releases as directories named by version, and {@code current}, a link to the newest. A directory
 * appears with all that is in it.
 */
public final class ReleaseStore {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final String CURRENT = "current";
  private static final String ANNOUNCED = "announced";

  private final Path root;
  private final int keep;
  private final Disk disk;

  /**
   * @param root made if it does not exist
   * @param keep how many are kept, at least 1
   */
  public ReleaseStore(Path root, int keep, Disk disk) throws IOException {
    this.root = Files.createDirectories(root);
    this.keep = keep;
    this.disk = disk;
  }

  /** Where a version is, or would be. */
  public Path directory(long version) {
    return root.resolve(Long.toString(version));
  }

  /** The link to the newest release, which may not exist yet. */
  public Path current() {
    return root.resolve(CURRENT);
  }

  public boolean exists(long version) {
    return Files.isDirectory(directory(version));
  }

  /**
   * Makes a release, durable on return. One that a crash left under the same version, and that no
   * checkpoint knows of, is replaced.
   */
  public void publish(long version, Map<String, byte[]> files) throws IOException {
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
    disk.delete(target);
    disk.move(aside, target);
    disk.sync(root);
    point(version);
    prune(version);
  }

  /** Lets {@code current} point at a version. */
  public void point(long version) throws IOException {
    Path aside = root.resolve(CURRENT + ".new");
    Files.deleteIfExists(aside);
    Files.createSymbolicLink(aside, Path.of(Long.toString(version)));
    disk.move(aside, current());
    disk.sync(root);
  }

  /** The highest version whose event is known to have been sent; 0 before the first. */
  public long announced() throws IOException {
    Path file = root.resolve(ANNOUNCED);
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  public void markAnnounced(long version) throws IOException {
    disk.replace(root.resolve(ANNOUNCED), Long.toString(version).getBytes(UTF_8));
  }

  private void prune(long newest) throws IOException {
    List<Path> releases;
    try (Stream<Path> paths = Files.list(root)) {
      releases =
          paths
              .filter(path -> VERSION.matcher(path.getFileName().toString()).matches())
              .sorted(Comparator.comparingLong(ReleaseStore::version).reversed())
              .toList();
    }
    for (Path old : releases.subList(Math.min(keep, releases.size()), releases.size())) {
      if (version(old) != newest) {
        disk.delete(old);
      }
    }
  }

  private static long version(Path directory) {
    return Long.parseLong(directory.getFileName().toString());
  }
}
