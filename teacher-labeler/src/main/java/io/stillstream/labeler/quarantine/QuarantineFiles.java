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
 * The files of {@link CrashQuarantine}: one with the suspected records, and one for each batch in
 * flight. Each line is {@code topic partition offset timestamp deaths}, {@code deaths} being those
 * with the record alone in flight, including the possible next one.
 *
 * <p>Nothing is forced to the disk: what has been written outlives the process, and a crash of the
 * whole machine is no evidence against a record.
 */
final class QuarantineFiles implements AutoCloseable {
  private static final String KNOWN = "known";
  private static final String IN_FLIGHT = "in-hand-";
  private static final int FIELDS = 5;

  private final Path directory;
  private final List<InFlightFile> opened = new ArrayList<>();

  private QuarantineFiles(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory of this name if there is none. */
  static QuarantineFiles open(Path directory, String name) throws IOException {
    return new QuarantineFiles(
        Files.createDirectories(directory.resolve(URLEncoder.encode(name, UTF_8))));
  }

  /** All records on file; from now on all of them are in the file of suspected ones. */
  Map<SuspectRecord, Integer> takeOver() throws IOException {
    Map<SuspectRecord, Integer> suspects = new LinkedHashMap<>();
    List<Path> inFlight = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, IN_FLIGHT + "*")) {
      found.forEach(inFlight::add);
    }
    read(directory.resolve(KNOWN), suspects);
    for (Path file : inFlight) {
      read(file, suspects);
    }
    save(suspects);
    for (Path file : inFlight) {
      Files.delete(file);
    }
    return suspects;
  }

  void save(Map<SuspectRecord, Integer> known) throws IOException {
    Path next = directory.resolve(KNOWN + ".next");
    Files.writeString(next, text(known));
    Files.move(next, directory.resolve(KNOWN), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A new file for a batch in flight. */
  InFlightFile create() throws IOException {
    InFlightFile file =
        new InFlightFile(
            new RandomAccessFile(directory.resolve(IN_FLIGHT + opened.size()).toFile(), "rw"));
    opened.add(file);
    return file;
  }

  /** Empties the files of batches in flight. */
  @Override
  public void close() throws IOException {
    for (InFlightFile file : opened) {
      file.file.setLength(0);
      file.file.close();
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

  /** A last line without an end was cut off by the death of the process; it is skipped. */
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

  /** The file of one batch in flight. */
  static final class InFlightFile {
    /** Not a channel: an interrupt, with which threads are ended, would close it. */
    private final RandomAccessFile file;

    private InFlightFile(RandomAccessFile file) {
      this.file = file;
    }

    void write(Map<SuspectRecord, Integer> inFlight) throws IOException {
      file.seek(0);
      file.write(text(inFlight).getBytes(UTF_8));
    }

    void clear() throws IOException {
      file.setLength(0);
    }
  }
}
