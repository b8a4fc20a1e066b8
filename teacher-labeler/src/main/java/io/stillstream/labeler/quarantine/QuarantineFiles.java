package io.stillstream.labeler.quarantine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URLEncoder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of {@link CrashQuarantine}: one with those that are known, and one for each batch in
 * hand. Each line is {@code topic partition offset timestamp deaths}, {@code deaths} being those
 * with the record alone in hand, the one included that is about to come or not.
 *
 * <p>Nothing is forced to the disk: what has been written outlives the process, and should the
 * whole machine die, that says nothing against any record.
 */
final class QuarantineFiles implements AutoCloseable {
  private static final String KNOWN = "known";
  private static final String IN_HAND = "in-hand-";
  private static final int FIELDS = 5;

  private final Path directory;
  private final List<InFlightFile> slots = new ArrayList<>();

  private QuarantineFiles(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory of this name if there is none. */
  static QuarantineFiles open(Path directory, String name) throws IOException {
    return new QuarantineFiles(
        Files.createDirectories(directory.resolve(URLEncoder.encode(name, UTF_8))));
  }

  /** What is on file in any way, from now on as known. */
  Map<SuspectRecord, Integer> takeOver() throws IOException {
    Map<SuspectRecord, Integer> suspects = new LinkedHashMap<>();
    List<Path> inHand = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, IN_HAND + "*")) {
      found.forEach(inHand::add);
    }
    read(directory.resolve(KNOWN), suspects);
    for (Path file : inHand) {
      read(file, suspects);
    }
    save(suspects);
    for (Path file : inHand) {
      Files.delete(file);
    }
    return suspects;
  }

  void save(Map<SuspectRecord, Integer> known) throws IOException {
    Path next = directory.resolve(KNOWN + ".next");
    Files.writeString(next, text(known));
    Files.move(next, directory.resolve(KNOWN), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A file for a batch in hand. */
  InFlightFile slot() throws IOException {
    InFlightFile slot =
        new InFlightFile(
            new RandomAccessFile(directory.resolve(IN_HAND + slots.size()).toFile(), "rw"));
    slots.add(slot);
    return slot;
  }

  /** Nothing is in hand any more. */
  @Override
  public void close() throws IOException {
    for (InFlightFile slot : slots) {
      slot.file.setLength(0);
      slot.file.close();
    }
  }

  private static String text(Map<SuspectRecord, Integer> suspects) {
    StringBuilder text = new StringBuilder(64 * suspects.size());
    suspects.forEach(
        (suspect, deaths) -> {
          suspect.write(text);
          text.append(' ').append(deaths).append('\n');
        });
    return text.toString();
  }

  /** A line without an end is one that death cut off. */
  private static void read(Path file, Map<SuspectRecord, Integer> suspects) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    String text = new String(Files.readAllBytes(file), UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length == FIELDS) {
        SuspectRecord.read(fields)
            .ifPresent(suspect -> suspects.merge(suspect, deaths(fields[4]), Math::max));
      }
    }
  }

  private static int deaths(String field) {
    return field.matches("\\d{1,6}") ? Integer.parseInt(field) : 0;
  }

  /** What is in hand. */
  static final class InFlightFile {
    /** No channel: the interrupt with which threads are ended would close one. */
    private final RandomAccessFile file;

    private InFlightFile(RandomAccessFile file) {
      this.file = file;
    }

    void write(Map<SuspectRecord, Integer> inHand) throws IOException {
      file.seek(0);
      file.write(text(inHand).getBytes(UTF_8));
    }

    void clear() throws IOException {
      file.setLength(0);
    }
  }
}
