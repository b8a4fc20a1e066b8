package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.SegmentEntry;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.replica.ReplicaManifest.ObjectRef;
import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Segments that checkpoints share, to the store and back. Each is sent once. */
final class SegmentTransfer {
  private final ChunkedTransfer parts;
  private final CheckpointStore checkpoints;
  private final DurableFiles disk;

  SegmentTransfer(ChunkedTransfer parts, CheckpointStore checkpoints, DurableFiles disk) {
    this.parts = parts;
    this.checkpoints = checkpoints;
    this.disk = disk;
  }

  /**
   * Sends the segments of a checkpoint that none of those in the store has. The name tells a
   * segment from any other: it has the beginning of its SHA-256.
   *
   * @return all segments of the checkpoint
   * @throws IOException if a segment is not as the checkpoint knows it
   */
  List<StoredFile> send(Checkpoint checkpoint, List<StoredCheckpoint> there, String run)
      throws IOException {
    Map<String, StoredFile> stored = new HashMap<>();
    there.forEach(
        other -> other.segments().forEach(segment -> stored.put(segment.name(), segment)));
    List<StoredFile> all = new ArrayList<>();
    for (Map.Entry<String, SegmentEntry> segment :
        new TreeMap<>(checkpoint.segments()).entrySet()) {
      String name = segment.getKey();
      if (!stored.containsKey(name)) {
        // What is damaged here would stay in the store for all checkpoints to come.
        segment.getValue().verify(checkpoint.segment(name));
        stored.put(name, send(checkpoint.segment(name), name, run));
      }
      all.add(stored.get(name));
    }
    return all;
  }

  private StoredFile send(Path file, String name, String run) throws IOException {
    String key = "%s/segments/%s".formatted(run, name);
    return new StoredFile(name, parts.send(file, 0, Files.size(file), key));
  }

  /**
   * Brings segments to where those of the checkpoints are. What is there already stays.
   *
   * @throws CorruptObjectException if one is not whole
   */
  void fetch(List<StoredFile> segments) throws IOException {
    for (StoredFile segment : segments) {
      Path target = checkpoints.segment(segment.plainName());
      if (!isThere(target, segment.parts())) {
        Path aside = checkpoints.temporaryPath(target);
        try {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
            parts.fetch(segment.parts(), out);
          }
          disk.sync(aside);
          checkpoints.publish(aside, target);
        } finally {
          Files.deleteIfExists(aside);
        }
      }
    }
  }

  private static boolean isThere(Path file, List<ObjectRef> parts) throws IOException {
    if (!Files.exists(file)
        || Files.size(file) != parts.stream().mapToLong(ObjectRef::bytes).sum()) {
      return false;
    }
    long from = 0;
    for (ObjectRef part : parts) {
      if (!ChunkedTransfer.sha256(file, from, from + part.bytes()).equals(part.sha256())) {
        return false;
      }
      from += part.bytes();
    }
    return true;
  }
}
