package io.stillstream.faults.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a trainer's ledger, from closed segments and the open file. Read by the names of the
 * files, with none of the trainer's code.
 */
final class LedgerText {
  private static final Pattern SEGMENT =
      Pattern.compile("\\d+-(\\d+)-(\\d+)-[0-9a-f]{8}(\\.compacted|\\.unsplit)?\\.jsonl(\\.gz)?");

  /** A file with its first byte of the ledger, and the one behind its last. */
  private record Segment(Path path, long from, long to, boolean isWhole) {}

  private LedgerText() {}

  /**
   * Reads.
   *
   * @param length of the ledger that a checkpoint knows; lines behind it are left out
   * @throws IOException if there is less, or if files change meanwhile
   */
  static List<String> read(Path directory, long length) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long end = 0;
    for (Segment segment : segments(directory.resolve("ledger"))) {
      if (segment.from() == end && end < length) {
        byte[] lines = lines(segment);
        long counted = Math.min(segment.to(), length) - segment.from();
        all.write(lines, 0, segment.isWhole() ? (int) counted : lines.length);
        end = segment.to();
      }
    }
    if (end < length) {
      byte[] open = Files.readAllBytes(directory.resolve("ledger.jsonl"));
      if (end + open.length < length) {
        throw new IOException("the ledger has " + (end + open.length) + " bytes, not " + length);
      }
      all.write(open, 0, (int) (length - end));
    }
    return all.toString(UTF_8).lines().toList();
  }

  /** By their first byte; of those with the same one, the longest and the most compact first. */
  private static List<Segment> segments(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .flatMap(LedgerText::segment)
          .sorted(
              Comparator.comparingLong(Segment::from)
                  .thenComparing(Comparator.comparingLong(Segment::to).reversed())
                  .thenComparing(Segment::isWhole))
          .toList();
    }
  }

  private static Stream<Segment> segment(Path path) {
    Matcher matcher = SEGMENT.matcher(path.getFileName().toString());
    return matcher.matches()
        ? Stream.of(
            new Segment(
                path,
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                !".compacted".equals(matcher.group(3))))
        : Stream.empty();
  }

  private static byte[] lines(Segment segment) throws IOException {
    String name = segment.path().getFileName().toString();
    try (InputStream file = Files.newInputStream(segment.path());
        InputStream in = name.endsWith(".gz") ? new GZIPInputStream(file) : file) {
      byte[] content = in.readAllBytes();
      if (name.contains(".unsplit.")) {
        return content;
      }
      int begin = new String(content, UTF_8).indexOf('\n') + 1;
      return Arrays.copyOfRange(content, begin, content.length);
    }
  }
}
