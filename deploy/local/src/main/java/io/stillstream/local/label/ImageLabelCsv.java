package io.stillstream.local.label;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.ImageLabel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A CSV file in UTF-8 with {@code imageId,label[,source[,labeledAt]]} in each line; a first line
 * with these words is a heading. It is read line by line, so it may have any length.
 */
final class ImageLabelCsv {
  private static final List<String> COLUMNS = List.of("imageid", "label", "source", "labeledat");
  private static final int LONGEST_LINE = 64 * 1024;
  private static final int LONGEST_SHOWN = 200;
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  private final Path file;
  private final ClassNames classes;
  private final String source;
  private final Instant now;

  /**
   * @param source of the lines that name none
   * @param now when the lines were labelled that do not say it
   */
  ImageLabelCsv(Path file, ClassNames classes, String source, Instant now) {
    this.file = file;
    this.classes = classes;
    this.source = source;
    this.now = now;
  }

  /**
   * Reads the file from its begin.
   *
   * @param labels is given the label of each good line
   * @param problems is told file, line, rule and value of each bad line
   * @throws StartupException if the file cannot be read, or is no text
   */
  void read(Consumer<ImageLabel> labels, Consumer<String> problems) {
    long number = 0;
    try (BufferedReader in = Files.newBufferedReader(file, UTF_8)) {
      for (String line = next(in, 1); line != null; line = next(in, number + 1)) {
        number++;
        String text = number == 1 ? line.replaceFirst("^" + BYTE_ORDER_MARK, "") : line;
        if (text.isBlank()) {
          continue;
        }
        ImageLabel label;
        try {
          List<String> fields = CsvFields.of(text);
          if (number == 1 && isHeading(fields)) {
            continue;
          }
          label = label(fields);
        } catch (IllegalArgumentException e) {
          problems.accept("%s line %d: %s".formatted(file, number, e.getMessage()));
          continue;
        }
        labels.accept(label);
      }
    } catch (CharacterCodingException e) {
      throw new StartupException("%s: is not UTF-8 after line %d".formatted(file, number), e);
    } catch (IOException e) {
      throw new StartupException("--csv " + file + ": cannot be read: " + e, e);
    }
  }

  private static boolean isHeading(List<String> fields) {
    List<String> words = fields.stream().map(field -> field.toLowerCase(Locale.ROOT)).toList();
    return words.size() >= 2
        && words.size() <= COLUMNS.size()
        && words.equals(COLUMNS.subList(0, words.size()));
  }

  private ImageLabel label(List<String> fields) {
    if (fields.size() < 2 || fields.size() > COLUMNS.size()) {
      throw new IllegalArgumentException(
          "must be imageId,label or imageId,label,source,labeledAt, was "
              + shown(String.join(",", fields)));
    }
    if (fields.get(0).isBlank()) {
      throw new IllegalArgumentException("imageId must not be empty");
    }
    String named = fields.size() > 2 ? fields.get(2) : "";
    String time = fields.size() > 3 ? fields.get(3) : "";
    return ImageLabel.newBuilder()
        .setImageId(fields.get(0))
        .setLabel(classes.index(fields.get(1)))
        .setSource(named.isBlank() ? source : named)
        .setLabeledAt(time.isBlank() ? now : time(time))
        .build();
  }

  private static Instant time(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(END)) {
        return time;
      }
    } catch (DateTimeException e) {
      // told below, as other times that cannot be
    }
    throw new IllegalArgumentException(
        "labeledAt must be a time from 1970 to 9999 such as 2026-11-26T07:00:00Z, was "
            + shown(text));
  }

  /** Null at the end. A file that is no text may have no line breaks. */
  private String next(Reader in, long number) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = in.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new StartupException(
            "%s line %d: must have at most %d characters".formatted(file, number, LONGEST_LINE));
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
