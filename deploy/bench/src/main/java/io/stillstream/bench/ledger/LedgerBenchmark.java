package io.stillstream.bench.ledger;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.ledger.LedgerSearch;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatusKind;
import io.stillstream.trainer.ledger.LedgerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A ledger on disk that a trainer starts with, and that traces are looked up in. */
final class LedgerBenchmark {
  private final Path directory;
  private final Path file;
  private final long segmentBytes;
  private final DurableFiles disk = new DurableFiles();
  private final long batches;
  private long length;

  /** What one round took, in seconds. */
  record Round(double start, double oldest, double middle, double newest) {}

  private LedgerBenchmark(Path directory, Path file, long segmentBytes, SyntheticLedger lines) {
    this.directory = directory;
    this.file = file;
    this.segmentBytes = segmentBytes;
    this.batches = lines.batches();
    this.length = lines.length();
  }

  static LedgerBenchmark create(Path directory, long bytes, long segmentBytes) throws IOException {
    Path file = Files.createDirectories(directory).resolve("ledger.jsonl");
    SyntheticLedger lines = new SyntheticLedger(file, segmentBytes);
    lines.write(bytes);
    return new LedgerBenchmark(directory, file, segmentBytes, lines);
  }

  Round round() throws IOException {
    return new Round(start(), find(0), find(batches / 2), find(batches - 1));
  }

  /** Opens the ledger as a start of the trainer does, and brings the first line to the medium. */
  private double start() throws IOException {
    long begin = System.nanoTime();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk);
        Ledger ledger =
            new Ledger(
                file,
                length,
                lock,
                disk,
                new LedgerSettings(segmentBytes, Optional.empty()),
                InstantSource.system(),
                LedgerMetrics.NONE)) {
      ledger.append(lock.epoch(), "started", batches, Map.of());
      length = ledger.sync();
    }
    return since(begin);
  }

  /** Looks a record of a batch up. */
  private double find(long batch) {
    long begin = System.nanoTime();
    RecordOffset record = new RecordOffset(1, batch * SyntheticLedger.OFFSETS_PER_BATCH + 7);
    LedgerSearch.Result result = LedgerSearch.search(file, Set.of(record));
    double seconds = since(begin);
    if (result.statuses().get(record).kind() != RecordStatusKind.TRAINED) {
      throw new IllegalStateException(record + " was not found: " + result);
    }
    return seconds;
  }

  /** Bytes of lines, compressed ones included. */
  long length() {
    return length;
  }

  /** Closed segments. */
  long segments() throws IOException {
    try (Stream<Path> paths = Files.list(directory.resolve("ledger"))) {
      return paths.count();
    }
  }

  long bytesOnDisk() throws IOException {
    long bytes = Files.size(file);
    try (Stream<Path> paths = Files.list(directory.resolve("ledger"))) {
      for (Path path : paths.toList()) {
        bytes += Files.size(path);
      }
    }
    return bytes;
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
