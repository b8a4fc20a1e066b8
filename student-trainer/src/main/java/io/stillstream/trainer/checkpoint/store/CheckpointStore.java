package io.stillstream.trainer.checkpoint.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints as directories named by number. Each is written aside, brought to the medium and
 * renamed, so that there is either all of it or nothing.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final Pattern NUMBER = Pattern.compile("\\d{12}");
  private static final String DAMAGED = ".damaged";

  /** The file that lists all others. */
  public static final String MANIFEST = CheckpointManifest.NAME;

  private final Path root;
  private final int keep;
  private final DirectoryLock lock;
  private final DurableFiles disk;
  private final SegmentDirectory segments;

  /** Number of the checkpoint that is being read; 0 is none. */
  private long held;

  /**
   * Clears away what earlier starts left half done.
   *
   * @param root made if it does not exist
   * @param keep how many are kept, at least 1
   * @param lock on a directory that holds the root; asked before anything becomes visible
   */
  public CheckpointStore(Path root, int keep, DirectoryLock lock, DurableFiles disk)
      throws IOException {
    this.root = Files.createDirectories(root);
    this.keep = keep;
    this.lock = lock;
    this.disk = disk;
    lock.deleteStaleFiles(root);
    this.segments = new SegmentDirectory(this.root, lock, disk);
  }

  /** Writes one file of a checkpoint. */
  public interface FileContent {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /**
   * Makes a checkpoint, which is durable on return, and deletes the oldest beyond those to keep.
   * What it shares is on the medium before the checkpoint shows.
   */
  public WrittenCheckpoint write(CheckpointContent content) throws IOException {
    lock.requireHeld();
    // What an attempt before left that failed.
    segments.release();
    deleteUnused();
    long sequence = next();
    Path target = root.resolve(name(sequence));
    Path aside = lock.temporaryPath(target);
    disk.delete(aside);
    SegmentedFiles shared = SegmentedFiles.write(content.segmented(), segments);
    Map<String, FileContent> files = new LinkedHashMap<>(content.files());
    shared.addTo(files);
    long bytes = CheckpointFiles.write(aside, files, lock.epoch(), shared.entries(), disk);
    publish(aside, target, shared);
    return new WrittenCheckpoint(sequence, bytes, shared.bytes());
  }

  /** No other thread may look at which segments are needed in the midst of this. */
  private synchronized void publish(Path aside, Path target, SegmentedFiles shared)
      throws IOException {
    lock.publish(aside, target);
    shared.durable();
    prune();
  }

  /**
   * The newest sound checkpoint. Damaged ones are renamed aside, with a warning.
   *
   * @throws NoValidCheckpointException if there are only damaged ones: to begin anew is not for
   *     this program to decide
   * @throws UnsupportedCheckpointFormatException if a later version wrote it
   */
  public Optional<Checkpoint> newest() throws IOException {
    List<Checkpoint> all = list();
    Map<String, CheckpointManifest.FileEntry> measured = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      Optional<CheckpointManifest> sound = verified(all.get(i), measured);
      if (sound.isPresent()) {
        quarantine(all.subList(0, i));
        segments.use(sound.get().segments());
        deleteUnused();
        return Optional.of(all.get(i));
      }
    }
    if (!all.isEmpty()) {
      throw new NoValidCheckpointException(
          "all " + all.size() + " checkpoints in " + root + " are damaged");
    }
    deleteUnused();
    return Optional.empty();
  }

  private Optional<CheckpointManifest> verified(
      Checkpoint checkpoint, Map<String, CheckpointManifest.FileEntry> measured) {
    try {
      CheckpointManifest manifest = CheckpointManifest.verify(checkpoint.directory());
      segments.verify(manifest.segments(), measured);
      return Optional.of(manifest);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("checkpoint", checkpoint.directory())
          .addKeyValue("damage", e.getMessage())
          .log("Checkpoint is damaged, the one before is used");
      return Optional.empty();
    }
  }

  /** Moves damaged ones aside, so that numbers continue from the sound one and that one is kept. */
  private void quarantine(List<Checkpoint> damaged) throws IOException {
    for (Checkpoint checkpoint : damaged) {
      Path aside = root.resolve(name(checkpoint.sequence()) + DAMAGED);
      disk.delete(aside);
      disk.move(checkpoint.directory(), aside);
    }
    disk.sync(root);
  }

  /** The newest checkpoint, which is not deleted before it is released. One at a time. */
  public synchronized Optional<Checkpoint> pin() throws IOException {
    Optional<Checkpoint> newest = list().stream().findFirst();
    held = newest.map(Checkpoint::sequence).orElse(0L);
    return newest;
  }

  /** Deletes what was held, if it is not to be kept. */
  public synchronized void unpin() throws IOException {
    held = 0;
    lock.requireHeld();
    prune();
  }

  /** An empty directory for a checkpoint that comes from elsewhere. */
  public Path temporaryPath() throws IOException {
    Path aside = lock.temporaryPath(root.resolve("elsewhere"));
    disk.delete(aside);
    return Files.createDirectory(aside);
  }

  /** Where a file of the directory that comes from elsewhere is made. */
  public Path temporaryPath(Path file) {
    return lock.temporaryPath(file);
  }

  /** Gives what was made there its name; durable on return. */
  public void publish(Path aside, Path file) throws IOException {
    lock.publish(aside, file);
  }

  /** What is wrong with a directory that is to be a checkpoint; empty if nothing is. */
  public Optional<String> damage(Path aside) {
    try {
      segments.verify(CheckpointManifest.verify(aside).segments(), new HashMap<>());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Makes a directory the newest checkpoint; it is durable on return.
   *
   * @param sequence its number, if that is higher than those that are there
   */
  public void adopt(Path aside, long sequence) throws IOException {
    lock.publish(aside, root.resolve(name(Math.max(next(), sequence))));
  }

  /** Where a segment of a checkpoint that comes from elsewhere is to be. */
  public Path segment(String name) throws IOException {
    segments.create();
    return segments.path(SegmentDirectory.requireName(name));
  }

  /** Deletes the segments that no checkpoint needs. */
  public synchronized void deleteUnused() throws IOException {
    Set<String> needed = new HashSet<>();
    for (Checkpoint checkpoint : list()) {
      try {
        needed.addAll(checkpoint.segments().keySet());
      } catch (NoSuchFileException | JsonProcessingException e) {
        LOG.atDebug()
            .addKeyValue("checkpoint", checkpoint.directory())
            .addKeyValue("damage", e.getMessage())
            .log("Its segments are not known");
      } catch (IOException e) {
        // It may be readable later. If not, it becomes too old one day.
        LOG.atWarn()
            .addKeyValue("checkpoint", checkpoint.directory())
            .addKeyValue("cause", e.toString())
            .log("Manifest cannot be read, no segments are deleted");
        return;
      }
    }
    segments.retain(needed);
  }

  private synchronized void prune() throws IOException {
    List<Checkpoint> all = list();
    for (Checkpoint old : all.subList(Math.min(keep, all.size()), all.size())) {
      if (old.sequence() != held) {
        disk.delete(old.directory());
      }
    }
    deleteUnused();
  }

  private long next() throws IOException {
    return 1 + list().stream().mapToLong(Checkpoint::sequence).max().orElse(0);
  }

  /** Newest first. */
  private List<Checkpoint> list() throws IOException {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .filter(path -> NUMBER.matcher(path.getFileName().toString()).matches())
          .map(path -> new Checkpoint(Long.parseLong(path.getFileName().toString()), path))
          .sorted(Comparator.comparingLong(Checkpoint::sequence).reversed())
          .toList();
    }
  }

  private static String name(long sequence) {
    return String.format("%012d", sequence);
  }
}
