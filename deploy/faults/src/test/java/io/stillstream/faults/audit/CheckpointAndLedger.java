package io.stillstream.faults.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the trainer has on its disk: its newest checkpoint, and the part of the ledger that belongs
 * to it. Read as plain JSON, with none of the trainer's code.
 *
 * @param offsets per partition, the next to read
 * @param steps optimiser steps
 * @param viewsSeen fresh views trained on
 * @param lines of the ledger that tell of steps
 * @param turns how many of them stand before each place where the topic became another one
 */
public record CheckpointAndLedger(
    Map<Integer, Long> offsets,
    long steps,
    long viewsSeen,
    List<LedgerLine> lines,
    List<Integer> turns) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ATTEMPTS = 20;

  /**
   * One batch.
   *
   * @param ranges per partition, first and last offset
   */
  public record LedgerLine(long firstStep, long lastStep, int views, Map<Integer, long[]> ranges) {}

  /** Reads them; empty before the first checkpoint. */
  public static Optional<CheckpointAndLedger> read(Path directory) {
    Exception last = null;
    // A checkpoint may be pruned while it is read: then there is a newer one.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Path> newest = checkpoints(directory).stream().findFirst();
        return newest.isEmpty() ? Optional.empty() : Optional.of(read(directory, newest.get()));
      } catch (IOException | UncheckedIOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("the trainer's checkpoint and ledger cannot be read", last);
  }

  /** Fresh views in the newest checkpoint; 0 before the first. */
  public static long viewsSeen(Path directory) {
    return read(directory).map(CheckpointAndLedger::viewsSeen).orElse(0L);
  }

  /** Directories of the complete checkpoints, newest first. */
  public static List<Path> checkpoints(Path directory) {
    return numbered(directory.resolve("checkpoints")).stream()
        .sorted(Comparator.comparing(Path::getFileName).reversed())
        .toList();
  }

  /**
   * A file of the buffer that the newest checkpoint needs and the one before does not: the segment
   * that it wrote, or else its index.
   *
   * @param checkpoints at least two, newest first
   */
  public static Path newestOfBuffer(List<Path> checkpoints) {
    try {
      JsonNode before = segments(checkpoints.get(1));
      for (Map.Entry<String, JsonNode> segment : segments(checkpoints.get(0)).properties()) {
        if (!before.has(segment.getKey())) {
          return checkpoints.get(0).resolveSibling("segments").resolve(segment.getKey());
        }
      }
      return checkpoints.get(0).resolve("buffer-index.bin");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode segments(Path checkpoint) throws IOException {
    return JSON.readTree(Files.readAllBytes(checkpoint.resolve("manifest.json"))).path("segments");
  }

  /** The version of the newest release; 0 before the first. */
  public static long newestRelease(Path directory) {
    return numbered(directory.resolve("releases")).stream()
        .mapToLong(path -> Long.parseLong(path.getFileName().toString()))
        .max()
        .orElse(0);
  }

  /** The model cards of the releases, in any order. */
  public static List<JsonNode> modelCards(Path directory) {
    List<JsonNode> cards = new ArrayList<>();
    try {
      for (Path release : numbered(directory.resolve("releases"))) {
        cards.add(JSON.readTree(Files.readAllBytes(release.resolve("model-card.json"))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cards;
  }

  private static List<Path> numbered(Path root) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(root)) {
      return paths.filter(path -> path.getFileName().toString().matches("\\d+")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CheckpointAndLedger read(Path directory, Path checkpoint) throws IOException {
    JsonNode state = JSON.readTree(Files.readAllBytes(checkpoint.resolve("state.json")));
    Map<Integer, Long> offsets = new TreeMap<>();
    state
        .path("offsets")
        .properties()
        .forEach(entry -> offsets.put(Integer.valueOf(entry.getKey()), entry.getValue().asLong()));
    long length = state.path("ledgerBytes").asLong();
    List<LedgerLine> lines = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    for (String text : LedgerText.read(directory, length)) {
      JsonNode line = JSON.readTree(text);
      if (line.has("first_step")) {
        lines.add(line(line));
      } else if (line.has("removed")) {
        // What retention has left of lines has the same sums as they had.
        lines.add(line(line.path("removed")));
      } else if (line.path("event").asText().equals("topic_changed")) {
        turns.add(lines.size());
      }
    }
    return new CheckpointAndLedger(
        offsets, state.path("steps").asLong(), state.path("viewsSeen").asLong(), lines, turns);
  }

  /** The lines that are of the same topic, topic by topic. */
  public List<List<LedgerLine>> byTopic() {
    List<List<LedgerLine>> parts = new ArrayList<>();
    int from = 0;
    for (int turn : turns) {
      parts.add(lines.subList(from, turn));
      from = turn;
    }
    parts.add(lines.subList(from, lines.size()));
    return parts;
  }

  /**
   * Checks that lines have each record of a topic once, in order.
   *
   * @param each records in each of its partitions
   */
  public static void requireEachOnce(List<LedgerLine> lines, int partitions, long each) {
    Map<Integer, Long> next = new TreeMap<>();
    for (LedgerLine line : lines) {
      line.ranges()
          .forEach(
              (partition, range) -> {
                if (range[0] != next.getOrDefault(partition, 0L)) {
                  throw new AssertionError(
                      "%d@%d comes after %s".formatted(partition, range[0], next));
                }
                next.put(partition, range[1] + 1);
              });
    }
    long views = lines.stream().mapToLong(LedgerLine::views).sum();
    if (views != partitions * each
        || next.size() != partitions
        || next.values().stream().anyMatch(end -> end != each)) {
      throw new AssertionError("%d views up to %s".formatted(views, next));
    }
  }

  private static LedgerLine line(JsonNode line) {
    Map<Integer, long[]> ranges = new TreeMap<>();
    line.path("offsets")
        .properties()
        .forEach(
            entry ->
                ranges.put(
                    Integer.valueOf(entry.getKey()),
                    new long[] {
                      entry.getValue().get(0).asLong(), entry.getValue().get(1).asLong()
                    }));
    return new LedgerLine(
        line.path("first_step").asLong(),
        line.path("last_step").asLong(),
        line.path("views").asInt(),
        ranges);
  }
}
