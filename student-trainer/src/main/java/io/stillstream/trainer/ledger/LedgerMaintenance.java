package io.stillstream.trainer.ledger;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to closed segments in the background, one at a time: the file of an earlier version
 * is divided, segments are compressed, and those that are old enough are compacted. What takes a
 * segment's place is complete before the segment goes, so a crash at any moment leaves all of the
 * ledger.
 */
public final class LedgerMaintenance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerMaintenance.class);
  private static final long PAUSE_SECONDS = 1;
  private static final int CLOSE_SECONDS = 20;

  /** How many pauses to make when there is nothing to do. */
  private static final int IDLE_PAUSES = 10;

  private final LedgerFiles files;
  private final DurableFiles disk;
  private final LedgerMetrics metrics;
  private final LedgerSegmentWriter writer;
  private final LedgerCompaction compaction;
  private final LedgerSplit split;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread worker = new Thread(task, "ledger-maintenance");
            worker.setDaemon(true);
            return worker;
          });

  /** Segments that cannot be read, by name; each was reported once. */
  private final Set<String> damaged = new HashSet<>();

  private int pauses;

  /**
   * @param file the open one of the ledger, which has been opened
   */
  public LedgerMaintenance(
      Path file,
      LedgerSettings settings,
      DirectoryLock lock,
      DurableFiles disk,
      InstantSource clock,
      LedgerMetrics metrics) {
    this.files = new LedgerFiles(file);
    this.disk = disk;
    this.metrics = metrics;
    this.writer = new LedgerSegmentWriter(files, lock, disk);
    this.split = new LedgerSplit(files, settings.segmentBytes(), writer, disk);
    this.compaction = new LedgerCompaction(settings.retention(), clock);
  }

  /** Begins to work in a thread of its own. */
  public void start() {
    Future<?> unused =
        thread.scheduleWithFixedDelay(this::runSafely, 0, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void runSafely() {
    if (pauses > 0) {
      pauses--;
      return;
    }
    boolean more = false;
    try {
      more = run();
    } catch (IllegalStateException e) {
      // Another trainer took over; the loop ends for the same reason, and says so.
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("Maintenance of the ledger ends");
      thread.shutdown();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      metrics.failed(LedgerMetrics.Operation.MAINTENANCE);
      LOG.atWarn()
          .addKeyValue("error", e.toString())
          .log("Maintenance of the ledger failed, and is tried again");
    }
    pauses = more ? 0 : IDLE_PAUSES;
  }

  /**
   * Does the next piece of work, if there is one.
   *
   * @return whether there was one
   * @throws IllegalStateException if another trainer took over
   */
  boolean run() throws IOException {
    LedgerFiles.Listing listing = files.list();
    metrics.size(files.bytes(), listing.segments().size());
    if (listing.unsplit().isPresent()) {
      split.next(listing.unsplit().get(), listing.segments());
      return true;
    }
    for (LedgerSegmentFile segment : listing.segments()) {
      if (isCompressible(segment)) {
        replace(List.of(segment), () -> compress(segment, LedgerSegmentReader.range(segment)));
        return true;
      }
    }
    List<LedgerSegmentFile> expired = compaction.next(usable(listing.segments()));
    if (expired.isEmpty()) {
      return false;
    }
    replace(expired, () -> compact(expired));
    return true;
  }

  private boolean isCompressible(LedgerSegmentFile segment) {
    return segment.kind() == LedgerSegmentFile.Kind.PLAIN
        && segment.to() - segment.from() <= LedgerSettings.LONGEST_SEGMENT
        && !isDamaged(segment);
  }

  private boolean isDamaged(LedgerSegmentFile segment) {
    return damaged.contains(segment.path().getFileName().toString());
  }

  /** The segments that can be read, as far as that is known. */
  private List<LedgerSegmentFile> usable(List<LedgerSegmentFile> segments) {
    return segments.stream().filter(segment -> !isDamaged(segment)).toList();
  }

  private interface Replacement {
    LedgerSegmentFile make() throws IOException;
  }

  private void replace(List<LedgerSegmentFile> segments, Replacement replacement)
      throws IOException {
    Optional<LedgerSegmentFile> bad = firstDamaged(segments);
    if (bad.isPresent()) {
      return;
    }
    LedgerSegmentFile made = replacement.make();
    for (LedgerSegmentFile segment : segments) {
      if (!segment.path().equals(made.path())) {
        disk.delete(segment.path());
      }
    }
    disk.sync(files.folder());
  }

  /** Reads all of them before anything is made of them. */
  private Optional<LedgerSegmentFile> firstDamaged(List<LedgerSegmentFile> segments)
      throws IOException {
    for (LedgerSegmentFile segment : segments) {
      try (InputStream in = LedgerSegmentReader.open(segment)) {
        requireLength(segment, in.transferTo(OutputStream.nullOutputStream()));
        requireChecksum(segment);
      } catch (NoSuchFileException e) {
        throw e;
      } catch (IOException e) {
        if (damaged.add(segment.path().getFileName().toString())) {
          metrics.failed(LedgerMetrics.Operation.MAINTENANCE);
          LOG.atError()
              .addKeyValue("segment", segment.path())
              .addKeyValue("error", e.toString())
              .log("A segment of the ledger is damaged; it is kept as it is, and training goes on");
        }
        return Optional.of(segment);
      }
    }
    return Optional.empty();
  }

  private static void requireLength(LedgerSegmentFile segment, long bytes) throws IOException {
    long expected = segment.to() - segment.from();
    if (segment.kind() != LedgerSegmentFile.Kind.COMPACTED && bytes != expected) {
      throw new IOException("it has " + bytes + " bytes of lines, its name says " + expected);
    }
  }

  /** Gzip has a checksum of its own, and compares it. */
  private static void requireChecksum(LedgerSegmentFile segment) throws IOException {
    if (segment.kind() != LedgerSegmentFile.Kind.PLAIN) {
      return;
    }
    CRC32C crc = new CRC32C();
    try (InputStream in = new CheckedInputStream(Files.newInputStream(segment.path()), crc)) {
      long unused = in.transferTo(OutputStream.nullOutputStream());
    }
    if (!segment.hasChecksum(crc.getValue())) {
      throw new IOException("its CRC-32C is not that of its name");
    }
  }

  private LedgerSegmentFile compress(LedgerSegmentFile segment, LedgerRange range)
      throws IOException {
    return writer.write(
        LedgerSegmentFile.Kind.COMPRESSED,
        range,
        out -> {
          try (InputStream in = LedgerSegmentReader.open(segment)) {
            in.transferTo(out);
          }
        });
  }

  private LedgerSegmentFile compact(List<LedgerSegmentFile> expired) throws IOException {
    LedgerRange range = LedgerCompaction.range(expired);
    LedgerSegmentFile made =
        writer.write(
            LedgerSegmentFile.Kind.COMPACTED, range, out -> LedgerCompaction.write(expired, out));
    LOG.atInfo()
        .addKeyValue("steps", range.firstStep() + " to " + range.lastStep())
        .addKeyValue("lines", range.batches())
        .log("The ledger keeps a summary of lines that are older than ledger.retention");
    return made;
  }

  /** Waits for the piece of work in hand, for a bounded time. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      boolean unused = thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
