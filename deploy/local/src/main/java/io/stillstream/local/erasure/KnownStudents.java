package io.stillstream.local.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.lookup.TopicReader;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The students that are known, as the keys of their topics name them. */
public final class KnownStudents {
  private KnownStudents() {}

  /**
   * Reads topics.
   *
   * @param topics that are keyed by student
   */
  public static SortedSet<String> known(Map<String, String> kafka, List<String> topics) {
    SortedSet<String> students = new TreeSet<>();
    for (String topic : topics) {
      try (TopicReader reader = new TopicReader(kafka, topic)) {
        reader.readAll(
            record -> {
              if (record.key() != null) {
                students.add(new String(record.key(), UTF_8));
              }
            });
      }
    }
    return students;
  }
}
