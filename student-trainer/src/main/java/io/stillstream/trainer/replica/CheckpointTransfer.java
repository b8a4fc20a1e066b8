package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checkpoints, to the store and back. */
final class CheckpointTransfer {
  private final ChunkedTransfer parts;
  private final SegmentTransfer segments;
  private final DurableFiles disk;

  CheckpointTransfer(ChunkedTransfer parts, SegmentTransfer segments, DurableFiles disk) {
    this.parts = parts;
    this.segments = segments;
    this.disk = disk;
  }

  /** What tells a checkpoint from any other of the same number. */
  static String identity(Checkpoint checkpoint) throws IOException {
    return ChunkedTransfer.sha256(checkpoint.directory().resolve(CheckpointStore.MANIFEST));
  }

  /**
   * Sends a checkpoint, which must not be deleted meanwhile, and those of its segments that are not
   * there yet.
   *
   * @param there checkpoints that are in the store
   * @param run what its keys begin with
   */
  StoredCheckpoint send(Checkpoint checkpoint, List<StoredCheckpoint> there, String run)
      throws IOException {
    TrainerState state = TrainerState.read(checkpoint);
    List<StoredFile> files = new ArrayList<>();
    for (Path file : ChunkedTransfer.files(checkpoint.directory())) {
      String name = file.getFileName().toString();
      String key = "%s/checkpoints/%012d/%s".formatted(run, checkpoint.sequence(), name);
      files.add(new StoredFile(name, parts.send(file, 0, Files.size(file), key)));
    }
    return new StoredCheckpoint(
        checkpoint.sequence(),
        state.steps(),
        state.ledgerBytes(),
        state.forgotten(),
        identity(checkpoint),
        files,
        segments.send(checkpoint, there, run),
        state.source());
  }

  /**
   * Brings a checkpoint into a directory, which must be empty, and its segments to where they
   * belong.
   *
   * @throws CorruptObjectException if it is not whole
   */
  void fetch(StoredCheckpoint checkpoint, Path into) throws IOException {
    for (StoredFile file : checkpoint.files()) {
      Path path = into.resolve(file.plainName());
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
        parts.fetch(file.parts(), out);
      }
      disk.sync(path);
    }
    disk.sync(into);
    segments.fetch(checkpoint.segments());
  }

  /** Bytes of a checkpoint that were sent for it, and not for one that was there before. */
  static long sentBytes(StoredCheckpoint checkpoint, List<StoredCheckpoint> there) {
    Stream<StoredFile> sent =
        checkpoint.segments().stream()
            .filter(
                segment -> there.stream().noneMatch(other -> other.segments().contains(segment)));
    return Stream.concat(checkpoint.files().stream(), sent)
        .flatMap(file -> file.parts().stream())
        .mapToLong(ReplicaManifest.ObjectRef::bytes)
        .sum();
  }

  /**
   * Which checkpoints are kept beside a new one. An older one that knows less of what is to be
   * forgotten may still hold it, and one that is ahead is of a training that was undone.
   */
  static List<StoredCheckpoint> kept(
      StoredCheckpoint newest, List<StoredCheckpoint> before, int keep) {
    List<StoredCheckpoint> kept = new ArrayList<>();
    kept.add(newest);
    before.stream()
        .filter(older -> older.forgotten().equals(newest.forgotten()))
        .filter(older -> older.steps() <= newest.steps())
        .filter(older -> older.ledgerBytes() <= newest.ledgerBytes())
        .limit(keep - 1L)
        .forEach(kept::add);
    return kept;
  }
}
