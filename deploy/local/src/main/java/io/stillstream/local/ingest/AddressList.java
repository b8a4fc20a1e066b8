package io.stillstream.local.ingest;

import io.stillstream.local.label.ClassNames;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.values.PayloadAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A file of addresses: one in each line; or a CSV, whose first line is {@code uri} with {@code
 * label} and {@code sha256} behind it, in either order. Labels are as in {@link LabelCsv}, empty
 * values are not known. An address may have commas if the file is a CSV, as the other values have
 * none.
 */
final class AddressList {
  private static final String URI = "uri";
  private static final String LABEL = "label";
  private static final String SHA256 = "sha256";
  private static final Map<String, ImageFormat> EXTENSIONS =
      Map.of(
          "jpg", ImageFormat.JPEG,
          "jpeg", ImageFormat.JPEG,
          "png", ImageFormat.PNG,
          "gif", ImageFormat.GIF,
          "webp", ImageFormat.WEBP,
          "bmp", ImageFormat.BMP);

  private final Path file;
  private final Consumer<String> check;
  private final List<Line> lines = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private record Line(String uri, String label, String sha256) {}

  private AddressList(Path file, Consumer<String> check) {
    this.file = file;
    this.check = check;
  }

  /**
   * Reads a file.
   *
   * @param check throws an {@link IllegalArgumentException} naming the rule that an address breaks
   * @throws StartupException naming the line that is wrong
   */
  static AddressList read(Path file, Consumer<String> check) {
    AddressList list = new AddressList(file, check);
    List<String> columns = List.of();
    int number = 0;
    for (String text : list.text()) {
      number++;
      String line = text.strip();
      if (number == 1 && line.startsWith("\uFEFF")) {
        line = line.substring(1);
      }
      if (number == 1 && line.toLowerCase(Locale.ROOT).matches(URI + "(,.*)?")) {
        columns = list.columns(line);
      } else if (!line.isEmpty()) {
        list.add(number, line, columns);
      }
    }
    if (list.lines.isEmpty()) {
      throw new StartupException("--uris: there are no addresses in " + file);
    }
    return list;
  }

  /**
   * The images at these addresses.
   *
   * @param known names of the classes; none if the file's own labels are to be numbered
   * @throws StartupException naming the labels that are no classes
   */
  IngestSource source(ClassNames known) {
    LabelClasses classes =
        LabelClasses.ofFile(
            lines.stream().map(Line::label).filter(Objects::nonNull).toList(),
            known,
            "--uris " + file);
    return new IngestSource(
        lines.stream()
            .map(
                line ->
                    new IngestItem(
                        name(line.uri()),
                        line.label() == null ? null : classes.indices().get(line.label()),
                        () ->
                            IngestItem.Encoded.byReference(
                                contentType(line.uri()),
                                new IngestItem.Location(line.uri(), null, line.sha256()),
                                null)))
            .toList(),
        classes.names(),
        false);
  }

  private List<String> columns(String heading) {
    List<String> columns =
        Arrays.stream(heading.toLowerCase(Locale.ROOT).split(",", -1)).map(String::strip).toList();
    List<String> more = columns.subList(1, columns.size());
    if (!Set.of(LABEL, SHA256).containsAll(more) || new HashSet<>(more).size() < more.size()) {
      throw new StartupException(
          file
              + " line 1: the heading must be uri, with label and sha256 behind it, was "
              + heading);
    }
    return more;
  }

  private void add(int number, String line, List<String> columns) {
    String uri = line;
    String label = null;
    String sha256 = null;
    for (int i = columns.size() - 1; i >= 0; i--) {
      int comma = uri.lastIndexOf(',');
      require(comma >= 0, number, "must be uri," + String.join(",", columns));
      String value = uri.substring(comma + 1).strip();
      uri = uri.substring(0, comma).strip();
      if (value.isEmpty()) {
        continue;
      }
      if (columns.get(i).equals(LABEL)) {
        label = value;
      } else {
        sha256 = value.toLowerCase(Locale.ROOT);
        require(sha256.matches("[0-9a-f]{64}"), number, "sha256 must be 64 hexadecimal digits");
      }
    }
    require(
        !columns.isEmpty() || uri.indexOf(',') < 0,
        number,
        "has a comma: the first line must name the columns, as uri,label,sha256");
    try {
      check.accept(uri);
    } catch (IllegalArgumentException e) {
      throw new StartupException(
          "%s line %d: the address %s, was %s"
              .formatted(file, number, e.getMessage(), PayloadAddress.shown(uri)),
          e);
    }
    require(names.add(name(uri)), number, "names an image a second time");
    lines.add(new Line(uri, label, sha256));
  }

  private void require(boolean rule, int number, String message) {
    if (!rule) {
      throw new StartupException(file + " line " + number + ": " + message);
    }
  }

  /** The part of the image's id: without the query, which may hold a signature. */
  private static String name(String uri) {
    int query = uri.startsWith("s3:") ? -1 : uri.indexOf('?');
    String place = query < 0 ? uri : uri.substring(0, query);
    return place.replaceFirst("^[A-Za-z0-9]+:/*", "");
  }

  private static String contentType(String uri) {
    String name = name(uri);
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    ImageFormat format = EXTENSIONS.get(extension);
    // Readers tell the format by the first bytes.
    return format == null ? "application/octet-stream" : format.mediaType();
  }

  private List<String> text() {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new StartupException("--uris " + file + ": cannot be read: " + e, e);
    }
  }
}
