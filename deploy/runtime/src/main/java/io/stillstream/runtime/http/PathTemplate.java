package io.stillstream.runtime.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path whose segments in braces, as in {@code /releases/{version}/promote}, each stand for one
 * segment that is not empty. Segments are compared as they stand in the request: nothing is decoded
 * or normalised, so what only looks like another path is none.
 *
 * @param segments between the slashes; the first is empty
 */
record PathTemplate(List<String> segments) {
  PathTemplate {
    segments = List.copyOf(segments);
  }

  static PathTemplate parse(String path) {
    return new PathTemplate(split(path));
  }

  /** Whether it has segments that stand for others. */
  static boolean isTemplate(String path) {
    return path.contains("{");
  }

  /** What a path has at the segments in braces, by their names; empty if it is another path. */
  Optional<Map<String, String>> match(String path) {
    List<String> found = split(path);
    if (found.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      String expected = segments.get(i);
      if (expected.startsWith("{")) {
        values.put(expected.substring(1, expected.length() - 1), found.get(i));
      } else if (!expected.equals(found.get(i))) {
        return Optional.empty();
      }
    }
    return values.containsValue("") ? Optional.empty() : Optional.of(values);
  }

  private static List<String> split(String path) {
    return List.of(path.split("/", -1));
  }
}
