package io.stillstream.trainer.replica;

import io.stillstream.trainer.ledger.LedgerFiles;
import io.stillstream.trainer.ledger.LedgerSegmentFile;
import io.stillstream.trainer.replica.ReplicaManifest.LedgerSegment;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import io.stillstream.trainer.replica.ReplicaManifest.StoredLedger;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a ledger back from the store. Segments that the directory has are left as they are, so a
 * restore that was interrupted goes on. A segment that is damaged in the store is named, and
 * becomes an empty file: training does not need its lines.
 */
final class LedgerRestorer {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerRestorer.class);

  private final ChunkedTransfer parts;
  private final LedgerFiles files;
  private final LocalState local;

  LedgerRestorer(ChunkedTransfer parts, LedgerFiles files, LocalState local) {
    this.parts = parts;
    this.files = files;
    this.local = local;
  }

  /**
   * Restores.
   *
   * @param bytes length of the ledger that the checkpoint knows
   * @throws CorruptObjectException if the open file cannot be made that long
   */
  void run(StoredLedger stored, long bytes) throws IOException {
    Files.createDirectories(files.folder());
    long begin = 0;
    long first = Long.MAX_VALUE;
    Set<String> names = new HashSet<>();
    for (StoredFile file : stored.segments()) {
      LedgerSegmentFile segment =
          LedgerSegmentFile.of(Path.of(file.plainName()))
              .orElseThrow(() -> new CorruptObjectException("no segment is called " + file.name()));
      begin = Math.max(begin, segment.to());
      first = Math.min(first, segment.from());
      names.add(file.name());
    }
    long openBegin = begin;
    long unsplitEnd = first;
    List<LedgerSegment> open =
        stored.stretches().stream().filter(part -> part.from() >= openBegin).toList();
    List<LedgerSegment> unsplit =
        stored.stretches().stream()
            .filter(part -> part.to() <= unsplitEnd && part.from() < openBegin)
            .toList();
    long there = open.isEmpty() ? begin : open.get(open.size() - 1).to();
    if (there < bytes) {
      throw new CorruptObjectException(
          "the ledger has " + there + " bytes in the store, the checkpoint knows of " + bytes);
    }
    for (StoredFile file : stored.segments()) {
      fetch(file);
    }
    if (!unsplit.isEmpty()) {
      // The same name as it had: its stretches end where the first segment begins.
      String name = LedgerSegmentFile.unsplitName(unsplit.get(unsplit.size() - 1).to());
      names.add(name);
      write(unsplit, 0, Long.MAX_VALUE, files.folder().resolve(name));
    }
    removeOthers(names);
    write(open, begin, bytes, files.open());
  }

  private void fetch(StoredFile file) throws IOException {
    Path target = files.folder().resolve(file.plainName());
    long size = file.parts().stream().mapToLong(ReplicaManifest.ObjectRef::bytes).sum();
    if (Files.exists(target) && Files.size(target) == size) {
      return;
    }
    Path aside = local.checkpoints().temporaryPath(target);
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        parts.fetch(file.parts(), out);
      } catch (CorruptObjectException e) {
        LOG.atError()
            .addKeyValue("segment", file.name())
            .addKeyValue("damage", e.getMessage())
            .log(
                "A segment of the ledger is damaged in the store, and is restored as an empty file");
        // Its name stays: the open file begins where the last segment ends.
        Files.write(aside, new byte[0]);
      }
      local.disk().sync(aside);
      local.checkpoints().publish(aside, target);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /** Of a training that the restored checkpoint is not of. */
  private void removeOthers(Set<String> names) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.list(files.folder())) {
      all = paths.filter(path -> LedgerSegmentFile.of(path).isPresent()).toList();
    }
    for (Path path : all) {
      if (!names.contains(path.getFileName().toString())) {
        local.disk().delete(path);
      }
    }
    local.disk().sync(files.folder());
  }

  private void write(List<LedgerSegment> stretches, long begin, long end, Path target)
      throws IOException {
    Path aside = local.checkpoints().temporaryPath(target);
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        long at = begin;
        for (LedgerSegment stretch : stretches) {
          if (stretch.from() != at) {
            throw new CorruptObjectException(
                "the ledger has no bytes from " + at + " in the store");
          }
          if (at < end) {
            byte[] part = parts.fetch(stretch.part());
            out.write(part, 0, (int) Math.min(part.length, end - at));
          }
          at = stretch.to();
        }
      }
      local.disk().sync(aside);
      local.checkpoints().publish(aside, target);
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
