package io.stillstream.local.ingest;

import io.stillstream.local.label.ClassNames;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CSV of two columns, file and label; quotes are not needed and not known. {@link LabelClasses}
 * says what labels stand for. A first line {@code file,label} is a heading.
 *
 * @param byFile class index by the path as written, relative to the folder
 * @param classes class names, empty for indices
 */
record LabelCsv(Map<String, Integer> byFile, List<String> classes) {

  /**
   * Reads a file.
   *
   * @param known names of the classes; none if the file's own labels are to be numbered
   * @throws StartupException naming the line that is wrong, or the labels that are no classes
   */
  static LabelCsv read(Path file, ClassNames known) {
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
    LabelClasses classes = LabelClasses.ofFile(raw.values(), known, "--labels " + file);
    Map<String, Integer> byFile = new HashMap<>();
    raw.forEach((name, label) -> byFile.put(name, classes.indices().get(label)));
    return new LabelCsv(byFile, classes.names());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new StartupException("--labels " + file + ": cannot be read: " + e, e);
    }
  }
}
