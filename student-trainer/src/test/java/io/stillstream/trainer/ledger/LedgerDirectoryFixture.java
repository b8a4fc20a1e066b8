package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.training.StepReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ledger of small segments. The lock of the operating system is lost, as after a crash. */
final class LedgerDirectoryFixture implements AutoCloseable {
  private static final Pattern STEP =
      Pattern.compile("\"first_step\":(\\d+),\"last_step\":\\d+,\"offsets\"");
  static final int SEGMENT = 4096;
  static final Duration RETENTION = Duration.ofDays(10);

  final Path file;
  final LedgerFiles files;
  final InterruptedFiles disk = new InterruptedFiles();
  final List<LedgerMetrics.Operation> failures = new ArrayList<>();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  Ledger ledger;
  private final Path directory;
  private final LedgerSettings settings = new LedgerSettings(SEGMENT, Optional.of(RETENTION));
  private DirectoryLock lock;
  private final LedgerMetrics metrics =
      new LedgerMetrics() {
        @Override
        public void size(long bytes, int segments) {
          lastBytes = bytes;
        }

        @Override
        public void failed(Operation operation) {
          failures.add(operation);
        }
      };

  long lastBytes;

  LedgerDirectoryFixture(Path directory) {
    this.directory = directory;
    file = directory.resolve("ledger.jsonl");
    files = new LedgerFiles(file);
  }

  /** Starts, after a crash if there was a start before. */
  LedgerDirectoryFixture start(long length) throws IOException {
    close();
    Files.deleteIfExists(directory.resolve("lock"));
    lock = DirectoryLock.acquire(directory, disk);
    ledger = new Ledger(file, length, lock, disk, settings, () -> now, metrics);
    return this;
  }

  LedgerMaintenance maintenance() {
    return new LedgerMaintenance(file, settings, lock, disk, () -> now, metrics);
  }

  /** Does all there is to do. */
  void maintain() throws IOException {
    try (LedgerMaintenance maintenance = maintenance()) {
      boolean more = true;
      while (more) {
        more = maintenance.run();
      }
    }
  }

  /** Appends the line of a step, whose record is the one with ten times its number. */
  void step(long step) {
    ledger.append(
        1,
        step,
        Map.of(0, new long[] {10 * step, 10 * step + 5}),
        6,
        List.of("t@1"),
        List.of(),
        0.004,
        List.of(new StepReport(2, 2, 0, 1, 0.004, false, new float[0])));
  }

  long steps(long from, long to) throws IOException {
    long length = 0;
    for (long step = from; step <= to; step++) {
      step(step);
      length = ledger.sync();
    }
    return length;
  }

  /** All bytes of the ledger. */
  String content() throws IOException {
    StringBuilder all = new StringBuilder();
    for (LedgerSegmentFile segment : files.list().segments()) {
      try (InputStream in = LedgerSegmentReader.open(segment)) {
        long length = segment.to() - segment.from();
        all.append(new String(in.readNBytes((int) length), UTF_8));
      }
    }
    return all + (Files.exists(file) ? Files.readString(file) : "");
  }

  /** The steps that the ledger tells of, in their order. */
  List<Long> stepsInContent() throws IOException {
    List<Long> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(content());
    while (matcher.find()) {
      steps.add(Long.valueOf(matcher.group(1)));
    }
    return steps;
  }

  /** What an earlier version wrote: one file, without times. */
  long writeFileOfAnEarlierVersion(int steps) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (long step = 1; step <= steps; step++) {
      lines
          .append(
              LineChecksum.added(
                  """
                  {"epoch":1,"first_step":%d,"last_step":%d,"offsets":{"0":[%d,%d]},"views":6,\
                  "teachers":["t@1"],"rate":0.004,"loss":[2.0]}"""
                      .formatted(step, step, 10 * step, 10 * step + 5)))
          .append('\n');
    }
    Files.writeString(file, lines);
    return lines.length();
  }

  @Override
  public void close() throws IOException {
    if (ledger != null) {
      ledger.close();
      lock.close();
    }
  }
}
