package io.stillstream.trainer.input;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who taught the student, and with what views. */
public final class LineageTracker {
  private static final int MOST_TRACES = 8;

  private final Set<TeacherId> teachers;
  private final Set<String> policyHashes;

  public LineageTracker(TrainerState begin) {
    teachers = new LinkedHashSet<>(begin.teachers());
    policyHashes = new LinkedHashSet<>(begin.policyHashes());
  }

  public void add(List<ConsumedView> batch) {
    for (ConsumedView fetched : batch) {
      teachers.addAll(fetched.teachers());
      policyHashes.add(fetched.policyHash());
    }
  }

  public List<TeacherId> teachers() {
    return List.copyOf(teachers);
  }

  public List<String> policyHashes() {
    return List.copyOf(policyHashes);
  }

  /** First and last offset of each partition in a batch. */
  public static Map<Integer, long[]> offsets(List<ConsumedView> batch) {
    Map<Integer, long[]> ranges = new HashMap<>();
    for (ConsumedView fetched : batch) {
      long[] range =
          ranges.computeIfAbsent(
              fetched.partition(), p -> new long[] {fetched.offset(), fetched.offset()});
      range[1] = fetched.offset();
    }
    return ranges;
  }

  /** Recorded traces that a batch belongs to, a few of them: a whole run may be one, or none. */
  public static List<String> traces(List<ConsumedView> batch) {
    return batch.stream()
        .flatMap(fetched -> fetched.trace().stream())
        .distinct()
        .limit(MOST_TRACES)
        .toList();
  }

  /** The teachers of a batch, as name@version. */
  public static List<String> teachers(List<ConsumedView> batch) {
    return batch.stream()
        .flatMap(fetched -> fetched.teachers().stream())
        .map(teacher -> teacher.name() + "@" + teacher.version())
        .distinct()
        .toList();
  }
}
