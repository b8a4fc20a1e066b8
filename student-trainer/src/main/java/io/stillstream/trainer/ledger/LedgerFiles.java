package io.stillstream.trainer.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a ledger: the open one, {@code ledger.jsonl}, and beside it the directory {@code
 * ledger} with those that are closed. The open one begins where the last closed one ends.
 */
public final class LedgerFiles {
  private static final String FOLDER = "ledger";

  private final Path open;
  private final Path folder;

  /**
   * @param open file; neither it nor the directory need exist
   */
  public LedgerFiles(Path open) {
    this.open = open;
    this.folder = open.resolveSibling(FOLDER);
  }

  public Path open() {
    return open;
  }

  public Path folder() {
    return folder;
  }

  /**
   * The closed segments at one moment.
   *
   * @param segments in their order; together they are the ledger before the open file
   * @param superseded what a crash has left: others have the same part of the ledger
   * @param unsplit the whole file of an earlier version, if it is still there
   * @param problems what is missing
   */
  public record Listing(
      List<LedgerSegmentFile> segments,
      List<LedgerSegmentFile> superseded,
      Optional<LedgerSegmentFile> unsplit,
      List<String> problems) {
    /** Byte of the ledger at which the open file begins. */
    public long end() {
      return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).to();
    }
  }

  /** Lists the closed segments; reads none of them. */
  public Listing list() throws IOException {
    List<LedgerSegmentFile> all = new ArrayList<>();
    for (Path path : paths()) {
      LedgerSegmentFile.of(path).ifPresent(all::add);
    }
    // A segment before those that are part of it.
    all.sort(
        Comparator.comparingLong(LedgerSegmentFile::from)
            .thenComparing(Comparator.comparingLong(LedgerSegmentFile::to).reversed())
            .thenComparing(Comparator.comparing(LedgerSegmentFile::kind).reversed())
            .thenComparing(LedgerSegmentFile::path));
    Optional<LedgerSegmentFile> unsplit =
        all.stream()
            .filter(segment -> segment.kind() == LedgerSegmentFile.Kind.UNSPLIT)
            .max(Comparator.comparingLong(LedgerSegmentFile::to));
    List<LedgerSegmentFile> segments = new ArrayList<>();
    List<LedgerSegmentFile> superseded = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    long end = 0;
    for (LedgerSegmentFile segment : all) {
      if (segment.kind() == LedgerSegmentFile.Kind.UNSPLIT) {
        continue;
      }
      if (unsplit.isPresent() && segment.from() > end && end < unsplit.get().to()) {
        end = addUnsplit(unsplit.get(), end, segments);
      }
      if (segment.from() < end) {
        superseded.add(segment);
        continue;
      }
      if (segment.from() > end) {
        problems.add(
            "bytes %d to %d of the ledger are missing in %s"
                .formatted(end, segment.from(), folder));
      }
      segments.add(segment);
      end = segment.to();
    }
    if (unsplit.isPresent() && end < unsplit.get().to()) {
      addUnsplit(unsplit.get(), end, segments);
    }
    return new Listing(
        List.copyOf(segments), List.copyOf(superseded), unsplit, List.copyOf(problems));
  }

  private static long addUnsplit(
      LedgerSegmentFile unsplit, long end, List<LedgerSegmentFile> segments) {
    segments.add(unsplit.startingAt(end));
    return unsplit.to();
  }

  private List<Path> paths() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The bytes that all files take on disk; about, while they change. */
  long bytes() throws IOException {
    long bytes = bytes(open);
    for (Path path : paths()) {
      bytes += bytes(path);
    }
    return bytes;
  }

  private static long bytes(Path path) throws IOException {
    try {
      return Files.size(path);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
