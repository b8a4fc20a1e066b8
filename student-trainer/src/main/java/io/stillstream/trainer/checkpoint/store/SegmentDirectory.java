package io.stillstream.trainer.checkpoint.store;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that checkpoints share. A segment never changes: its name has a number and the
 * beginning of its SHA-256. It gets the name when it is on the medium, before any checkpoint needs
 * it, and is deleted when none does.
 */
final class SegmentDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectory.class);
  private static final String NAME = "segments";
  private static final Pattern SEGMENT = Pattern.compile("\\d{12}-[0-9a-f]{16}\\.bin");
  private static final int NUMBER = 12;
  private static final int DIGITS = 16;

  private final Path directory;
  private final DirectoryLock lock;
  private final DurableFiles disk;
  private final SegmentScrubber scrubber;

  /** Those of the last durable checkpoint. */
  private Map<String, SegmentEntry> stored = Map.of();

  /** The one that has been written, and that no checkpoint needs yet; null if there is none. */
  private String pending;

  /** Clears away what earlier starts left half done. */
  SegmentDirectory(Path checkpoints, DirectoryLock lock, DurableFiles disk) throws IOException {
    this.directory = checkpoints.resolve(NAME);
    this.lock = lock;
    this.disk = disk;
    this.scrubber = new SegmentScrubber(directory);
    if (Files.exists(directory)) {
      lock.deleteStaleFiles(directory);
    }
  }

  /** Where the segments of a checkpoint are. */
  static Path of(Path checkpoint) {
    return checkpoint.resolveSibling(NAME);
  }

  /**
   * The name, which has to be that of a segment.
   *
   * @throws IOException if it is not, and might lead elsewhere
   */
  static String requireName(String name) throws IOException {
    if (!SEGMENT.matcher(name).matches()) {
      throw new IOException("a segment cannot be called " + name);
    }
    return name;
  }

  /** Makes the directory if there is none. */
  void create() throws IOException {
    if (!Files.exists(directory)) {
      Files.createDirectory(directory);
      disk.sync(directory.getParent());
    }
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** A checkpoint that needs these segments is the newest one, and durable. */
  synchronized void use(Map<String, SegmentEntry> segments) {
    stored = Map.copyOf(segments);
  }

  /**
   * Segments of the last durable checkpoint that are there, as long as they should be, and not
   * found damaged.
   */
  synchronized Map<String, SegmentEntry> available() throws IOException {
    TreeMap<String, SegmentEntry> available = new TreeMap<>();
    for (Map.Entry<String, SegmentEntry> segment : stored.entrySet()) {
      Path file = path(segment.getKey());
      if (Files.exists(file) && Files.size(file) == segment.getValue().bytes()) {
        available.put(segment.getKey(), segment.getValue());
      }
    }
    scrubber.next(available).ifPresent(available::remove);
    for (String name : stored.keySet()) {
      if (!available.containsKey(name)) {
        LOG.atWarn()
            .addKeyValue("segment", path(name))
            .log("Segment is damaged or gone, its views are written again");
      }
    }
    return available;
  }

  /** No checkpoint is being written: what is not needed may be deleted. */
  synchronized void release() {
    pending = null;
  }

  /**
   * Writes a segment, which is durable on return. Until {@link #release} it is not deleted though
   * no checkpoint needs it.
   *
   * @return its name, and what a checkpoint has to know of it
   */
  Map.Entry<String, SegmentEntry> write(int parts, CheckpointStore.FileContent content)
      throws IOException {
    create();
    String number = String.format("%0" + NUMBER + "d", next());
    Path aside = lock.temporaryPath(path(number));
    disk.delete(aside);
    MeasuredFile written = MeasuredFile.write(aside, content);
    disk.sync(aside);
    String name = number + "-" + written.sha256().substring(0, DIGITS) + ".bin";
    keep(name);
    lock.publish(aside, path(name));
    return Map.entry(
        name, new SegmentEntry(written.entry().bytes(), written.entry().crc32c(), parts));
  }

  private synchronized void keep(String name) {
    pending = name;
  }

  private long next() throws IOException {
    return 1
        + Stream.concat(names().stream(), stored.keySet().stream())
            .mapToLong(name -> Long.parseLong(name.substring(0, NUMBER)))
            .max()
            .orElse(0);
  }

  /** Deletes all segments but those that are needed. */
  synchronized void retain(Set<String> needed) throws IOException {
    for (String name : names()) {
      if (!needed.contains(name) && !name.equals(pending)) {
        // Each time anew: another trainer may have started, and this may be a segment of its.
        lock.requireHeld();
        disk.delete(path(name));
      }
    }
  }

  private List<String> names() throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> SEGMENT.matcher(name).matches())
          .toList();
    }
  }

  /**
   * Checks segments against what a checkpoint knows of them.
   *
   * @param measured those that have been read, to which others are added
   * @throws IOException if one is missing, cut short or changed
   */
  void verify(
      Map<String, SegmentEntry> segments, Map<String, CheckpointManifest.FileEntry> measured)
      throws IOException {
    for (Map.Entry<String, SegmentEntry> segment : new TreeMap<>(segments).entrySet()) {
      String name = requireName(segment.getKey());
      if (!measured.containsKey(name)) {
        if (!Files.exists(path(name))) {
          throw new IOException("segment " + name + " is missing");
        }
        measured.put(name, MeasuredFile.read(path(name)));
      }
      segment.getValue().verify(path(name), measured.get(name));
    }
  }
}
