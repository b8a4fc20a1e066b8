package io.stillstream.local.ingest;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CSV of two columns, file and label; quotes are not needed and not known. Where every label is a
 * whole number from 0, they are class indices; else they are class names, and their order in the
 * alphabet gives the indices. A first line {@code file,label} is a heading.
 *
 * @param byFile class index by the path as written, relative to the folder
 * @param classes class names, empty for indices
 */
record LabelCsv(Map<String, Integer> byFile, List<String> classes) {

  static LabelCsv read(Path file) {
    Map<String, String> raw = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank() || (number == 1 && line.strip().equalsIgnoreCase("file,label"))) {
        continue;
      }
      int comma = line.lastIndexOf(',');
      String label = comma < 0 ? "" : line.substring(comma + 1).strip();
      if (label.isEmpty()) {
        throw new StartupException(
            file + " line " + number + ": must be file,label, was " + line.strip());
      }
      if (raw.put(line.substring(0, comma).strip(), label) != null) {
        throw new StartupException(file + " line " + number + ": names a file a second time");
      }
    }
    List<String> classes = classes(raw.values());
    Map<String, Integer> byFile = new HashMap<>();
    raw.forEach((name, label) -> byFile.put(name, index(label, classes)));
    return new LabelCsv(byFile, classes);
  }

  /** The names of the classes that labels name, in order of their indices; empty for indices. */
  static List<String> classes(Collection<String> labels) {
    return labels.stream().allMatch(label -> label.matches("\\d{1,6}"))
        ? List.of()
        : labels.stream().distinct().sorted().toList();
  }

  /** The class index of a label, with what {@link #classes} returned for all of them. */
  static int index(String label, List<String> classes) {
    return classes.isEmpty() ? Integer.parseInt(label) : Collections.binarySearch(classes, label);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new StartupException("--labels " + file + ": cannot be read: " + e, e);
    }
  }
}
