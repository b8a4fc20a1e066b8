package io.stillstream.trainer.replica;

import io.stillstream.trainer.ledger.LedgerFiles;
import io.stillstream.trainer.ledger.LedgerSegmentFile;
import io.stillstream.trainer.replica.ReplicaManifest.LedgerSegment;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import io.stillstream.trainer.replica.ReplicaManifest.StoredLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The ledger, to the store and back. A closed segment is sent once, under its name; when the
 * directory has others in its place, so does the store. The open file goes in stretches. The last
 * one is sent again with what has come since, until it is long enough: so there are few of them,
 * however many checkpoints there were.
 */
final class LedgerTransfer {
  private static final int ENOUGH = 8 << 20;

  private final ChunkedTransfer parts;
  private final LedgerFiles files;

  LedgerTransfer(ChunkedTransfer parts, Path ledger) {
    this.parts = parts;
    this.files = new LedgerFiles(ledger);
  }

  /**
   * What is in the directory as it is in the store. A closed segment is known by its name.
   *
   * @param bytes length that a checkpoint knows; what is behind it may be cut off and written anew
   */
  StoredLedger matching(StoredLedger stored, long bytes) throws IOException {
    LedgerFiles.Listing local = files.list();
    List<LedgerSegment> matching = new ArrayList<>();
    for (LedgerSegment stretch : stored.stretches()) {
      boolean isOpen = stretch.from() >= local.end();
      Optional<Path> file =
          isOpen ? Optional.of(files.open()) : local.unsplit().map(LedgerSegmentFile::path);
      long begin = isOpen ? local.end() : 0;
      if (file.isEmpty()) {
        // It has become segments.
        continue;
      }
      long size = Files.exists(file.get()) ? begin + Files.size(file.get()) : 0;
      boolean same =
          stretch.to() <= Math.min(bytes, size)
              && ChunkedTransfer.sha256(file.get(), stretch.from() - begin, stretch.to() - begin)
                  .equals(stretch.part().sha256());
      if (!same) {
        break;
      }
      matching.add(stretch);
    }
    return new StoredLedger(stored.segments(), matching);
  }

  /**
   * Sends what a checkpoint knows of, and the store does not.
   *
   * @param known what the store has, and the directory too
   * @param bytes length of the ledger that the checkpoint knows
   */
  StoredLedger send(StoredLedger known, long bytes, String run) throws IOException {
    LedgerFiles.Listing local = files.list();
    List<StoredFile> segments = segments(known.segments(), local, bytes, run);
    List<LedgerSegment> stretches = new ArrayList<>();
    if (local.unsplit().isPresent()) {
      long end = local.unsplit().get().to();
      List<LedgerSegment> there =
          known.stretches().stream().filter(stretch -> stretch.to() <= end).toList();
      stretches.addAll(
          stretches(there, local.unsplit().get().path(), 0, Math.min(end, bytes), run));
    }
    List<LedgerSegment> there =
        known.stretches().stream().filter(stretch -> stretch.from() >= local.end()).toList();
    stretches.addAll(stretches(there, files.open(), local.end(), bytes, run));
    if (files.list().end() != local.end()) {
      throw new IOException("the ledger's open file was closed while it was copied");
    }
    return new StoredLedger(segments, stretches);
  }

  private List<StoredFile> segments(
      List<StoredFile> known, LedgerFiles.Listing local, long bytes, String run)
      throws IOException {
    List<StoredFile> all = new ArrayList<>();
    for (StoredFile stored : known) {
      // What is missing in the directory is not removed from the store for that.
      Optional<LedgerSegmentFile> segment = segment(stored);
      if (segment.isPresent()
          && segment.get().to() <= local.end()
          && local.segments().stream().noneMatch(segment.get()::overlaps)) {
        all.add(stored);
      }
    }
    // What an earlier version's file still holds is in the store as stretches of that.
    long unsplit = local.unsplit().map(LedgerSegmentFile::to).orElse(0L);
    for (LedgerSegmentFile segment : local.segments()) {
      if (segment.from() >= unsplit && segment.from() < bytes) {
        all.add(segment(segment, known, run));
      }
    }
    all.sort(Comparator.comparing(StoredFile::name));
    return all;
  }

  private StoredFile segment(LedgerSegmentFile segment, List<StoredFile> known, String run)
      throws IOException {
    String name = segment.path().getFileName().toString();
    for (StoredFile stored : known) {
      if (stored.name().equals(name)) {
        return stored;
      }
    }
    String key = run + "/ledger/" + name;
    return new StoredFile(name, parts.send(segment.path(), 0, Files.size(segment.path()), key));
  }

  private static Optional<LedgerSegmentFile> segment(StoredFile stored) throws IOException {
    return LedgerSegmentFile.of(Path.of(stored.plainName()));
  }

  /**
   * Sends what is missing of a file.
   *
   * @param known stretches of it
   * @param begin byte of the ledger at which the file begins
   * @param end byte of the ledger up to which it is sent
   */
  private List<LedgerSegment> stretches(
      List<LedgerSegment> known, Path file, long begin, long end, String run) throws IOException {
    List<LedgerSegment> all = new ArrayList<>(known);
    // Beyond its end, of a training that was undone.
    all.removeIf(stretch -> stretch.to() > end);
    boolean done = end <= begin || (!all.isEmpty() && all.get(all.size() - 1).to() == end);
    if (done) {
      return all;
    }
    if (!all.isEmpty() && all.get(all.size() - 1).part().bytes() < ENOUGH) {
      all.remove(all.size() - 1);
    }
    long from = all.isEmpty() ? begin : all.get(all.size() - 1).to();
    String key = "%s/ledger/%d-%d".formatted(run, from, end);
    for (ReplicaManifest.ObjectRef part : parts.send(file, from - begin, end - begin, key)) {
      all.add(new LedgerSegment(from, part));
      from += part.bytes();
    }
    return all;
  }

  /**
   * Brings the ledger back, at least as long as a checkpoint knows it.
   *
   * @throws CorruptObjectException if the stretches of the open file are not there
   */
  void restore(StoredLedger stored, long bytes, LocalState local) throws IOException {
    new LedgerRestorer(parts, files, local).run(stored, bytes);
  }
}
