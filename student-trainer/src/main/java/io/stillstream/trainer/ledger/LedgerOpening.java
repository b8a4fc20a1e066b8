package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the files of a ledger to the length that a checkpoint knows, and makes the open file of
 * this start. It reads the open file, and a closed segment only where the checkpoint ends within
 * it.
 */
final class LedgerOpening {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int FIRST_LINE = 1 << 16;
  private static final Logger LOG = LoggerFactory.getLogger(LedgerOpening.class);

  private final LedgerFiles files;
  private final DirectoryLock lock;
  private final DurableFiles disk;

  /** The open file of this start, under its name, and the lines in it. */
  record Opened(OpenLedgerFile file, LedgerCopy lines) {}

  /**
   * What was made aside to become the open file.
   *
   * @param begin byte of the ledger at which it begins
   * @param end byte behind the last one
   */
  private record OwnFile(long begin, long end, LedgerCopy lines) {}

  LedgerOpening(LedgerFiles files, DirectoryLock lock, DurableFiles disk) {
    this.files = files;
    this.lock = lock;
    this.disk = disk;
  }

  /**
   * Opens.
   *
   * @param length of the ledger that the checkpoint knows
   * @param segmentBytes a file of an earlier version that has more is taken over as it is
   */
  Opened run(long length, long segmentBytes) throws IOException {
    Files.createDirectories(files.folder());
    disk.sync(files.folder().toAbsolutePath().getParent());
    lock.deleteStaleFiles(files.folder());
    LedgerFiles.Listing there = files.list();
    if (there.segments().isEmpty() && there.unsplit().isEmpty() && length > segmentBytes) {
      requireOpen(0, length);
      takeOver(length);
      there = files.list();
    }
    if (there.unsplit().isPresent() && length < there.unsplit().get().to()) {
      cut(there.unsplit().get(), there, length);
      there = files.list();
    }
    for (LedgerSegmentFile segment : there.superseded()) {
      disk.delete(segment.path());
    }
    for (String problem : there.problems()) {
      LOG.atError().addKeyValue("problem", problem).log("Part of the ledger is missing");
    }
    return open(there.segments(), there.end(), length);
  }

  /**
   * The file of an earlier version becomes the first segment. It gets a second name, so that a
   * start that is late cannot take the file of a later one away.
   */
  private void takeOver(long length) throws IOException {
    lock.requireHeld();
    Path target =
        files
            .folder()
            .resolve(
                LedgerSegmentFile.name(
                    LedgerSegmentFile.Kind.UNSPLIT, firstStep(files.open()), 0, length, 0));
    try {
      Files.createLink(target, files.open());
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      // The file system has no links. This does not replace a file either.
      Files.move(files.open(), target);
    }
    disk.sync(files.folder());
    LOG.atInfo()
        .addKeyValue("ledger", files.open())
        .addKeyValue("bytes", length)
        .log("The ledger of an earlier version is taken over; it is divided in the background");
  }

  private static long firstStep(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String line = new String(in.readNBytes(FIRST_LINE), UTF_8);
      JsonNode first = JSON.readTree(line.substring(0, Math.max(0, line.indexOf('\n'))));
      return first.path("first_step").asLong(first.path("step").asLong());
    } catch (JsonProcessingException e) {
      return 0;
    }
  }

  /** The earlier version's file holds more than the checkpoint knows. */
  private void cut(LedgerSegmentFile unsplit, LedgerFiles.Listing there, long length)
      throws IOException {
    List<LedgerSegmentFile> all = there.segments();
    for (int i = all.size() - 1; i >= 0; i--) {
      LedgerSegmentFile segment = all.get(i);
      if (segment.kind() != LedgerSegmentFile.Kind.UNSPLIT && segment.to() > length) {
        disk.delete(segment.path());
      }
    }
    disk.sync(files.folder());
    lock.publish(
        unsplit.path(),
        unsplit
            .path()
            .resolveSibling(
                LedgerSegmentFile.name(unsplit.kind(), unsplit.firstStep(), 0, length, 0)));
  }

  private Opened open(List<LedgerSegmentFile> segments, long end, long length) throws IOException {
    Path own = lock.temporaryPath(files.open());
    Optional<LedgerSegmentFile> cut =
        segments.stream()
            .filter(segment -> segment.from() < length && length < segment.to())
            .findFirst();
    OwnFile made;
    if (length > end) {
      requireOpen(end, length);
      made = copy(Files.newInputStream(files.open()), end, length, own);
    } else {
      made = cut.isPresent() ? reopen(cut.get(), length, own) : begin(length, own);
    }
    OpenLedgerFile file =
        OpenLedgerFile.publish(own, files.open(), made.begin(), made.end(), lock, disk);
    try {
      removeFrom(made.begin(), segments);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    return new Opened(file, made.lines());
  }

  private void removeFrom(long begin, List<LedgerSegmentFile> segments) throws IOException {
    // The newest first: what is left after a crash has no gap.
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (segments.get(i).from() >= begin) {
        disk.delete(segments.get(i).path());
      }
    }
    disk.sync(files.folder());
  }

  private void requireOpen(long begin, long length) throws IOException {
    long size = Files.exists(files.open()) ? Files.size(files.open()) : 0;
    if (begin + size < length) {
      throw new IOException(
          "%s has %d bytes%s, the checkpoint knows of %d"
              .formatted(
                  files.open(),
                  size,
                  begin == 0 ? "" : " and " + files.folder() + " those up to " + begin,
                  length));
    }
  }

  private static OwnFile begin(long length, Path own) throws IOException {
    Files.write(own, new byte[0]);
    return new OwnFile(length, length, LedgerCopy.empty());
  }

  private static OwnFile copy(InputStream from, long begin, long length, Path own)
      throws IOException {
    try (InputStream in = from) {
      return new OwnFile(begin, length, LedgerCopy.run(in, length - begin, own));
    }
  }

  /** A crash or damage undid what stands behind a byte of a closed segment. */
  private OwnFile reopen(LedgerSegmentFile segment, long length, Path own) throws IOException {
    if (segment.kind() == LedgerSegmentFile.Kind.COMPACTED) {
      // The lines of this checkpoint are gone. What its summary says is a little too much.
      return begin(segment.to(), own);
    }
    try {
      return copy(LedgerSegmentReader.open(segment), segment.from(), length, own);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("segment", segment.path())
          .addKeyValue("error", e.toString())
          .log("A segment of the ledger is damaged; it is kept as it is, and training goes on");
      return begin(segment.to(), own);
    }
  }
}
