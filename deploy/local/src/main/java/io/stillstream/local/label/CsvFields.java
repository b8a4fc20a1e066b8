package io.stillstream.local.label;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line of CSV at its commas. A field in quotes may hold commas, and a quote as two (RFC
 * 4180); it may not hold a line break. White space around fields is left out.
 */
final class CsvFields {
  private final String line;
  private int at;

  private CsvFields(String line) {
    this.line = line;
  }

  /**
   * The fields; at least one.
   *
   * @throws IllegalArgumentException if the quotes are wrong
   */
  static List<String> of(String line) {
    CsvFields rest = new CsvFields(line);
    List<String> fields = new ArrayList<>();
    do {
      fields.add(rest.next());
    } while (rest.at++ < line.length());
    return fields;
  }

  /** Ends at a comma or at the end of the line. */
  private String next() {
    skipBlanks();
    if (at == line.length() || line.charAt(at) != '"') {
      int comma = line.indexOf(',', at);
      int end = comma < 0 ? line.length() : comma;
      String field = line.substring(at, end).strip();
      at = end;
      return field;
    }
    StringBuilder field = new StringBuilder();
    for (at++; ; at++) {
      int quote = line.indexOf('"', at);
      if (quote < 0) {
        throw new IllegalArgumentException("a quote is not closed");
      }
      field.append(line, at, quote);
      at = quote + 1;
      if (at == line.length() || line.charAt(at) != '"') {
        break;
      }
      field.append('"');
    }
    skipBlanks();
    if (at < line.length() && line.charAt(at) != ',') {
      throw new IllegalArgumentException("a comma must follow a closing quote");
    }
    return field.toString();
  }

  private void skipBlanks() {
    while (at < line.length() && line.charAt(at) != ',' && line.charAt(at) <= ' ') {
      at++;
    }
  }
}
