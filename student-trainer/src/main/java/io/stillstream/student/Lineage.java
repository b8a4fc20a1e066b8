package io.stillstream.student;

import io.stillstream.student.checkpoint.TrainerState;
import io.stillstream.student.checkpoint.TrainerState.TeacherId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who taught the student, and with what views. */
final class Lineage {
  private static final int MOST_TRACES = 8;

  private final Set<TeacherId> teachers;
  private final Set<String> policyHashes;

  Lineage(TrainerState begin) {
    teachers = new LinkedHashSet<>(begin.teachers());
    policyHashes = new LinkedHashSet<>(begin.policyHashes());
  }

  void add(List<Fetched> batch) {
    for (Fetched fetched : batch) {
      teachers.addAll(fetched.teachers());
      policyHashes.add(fetched.policyHash());
    }
  }

  List<TeacherId> teachers() {
    return List.copyOf(teachers);
  }

  List<String> policyHashes() {
    return List.copyOf(policyHashes);
  }

  /** First and last offset of each partition in a batch. */
  static Map<Integer, long[]> offsets(List<Fetched> batch) {
    Map<Integer, long[]> ranges = new HashMap<>();
    for (Fetched fetched : batch) {
      long[] range =
          ranges.computeIfAbsent(
              fetched.partition(), p -> new long[] {fetched.offset(), fetched.offset()});
      range[1] = fetched.offset();
    }
    return ranges;
  }

  /** Recorded traces that a batch belongs to, a few of them: a whole run may be one, or none. */
  static List<String> traces(List<Fetched> batch) {
    return batch.stream()
        .flatMap(fetched -> fetched.trace().stream())
        .distinct()
        .limit(MOST_TRACES)
        .toList();
  }

  /** The teachers of a batch, as name@version. */
  static List<String> teachers(List<Fetched> batch) {
    return batch.stream()
        .flatMap(fetched -> fetched.teachers().stream())
        .map(teacher -> teacher.name() + "@" + teacher.version())
        .distinct()
        .toList();
  }
}
