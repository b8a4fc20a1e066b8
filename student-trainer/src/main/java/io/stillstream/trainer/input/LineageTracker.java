package io.stillstream.trainer.input;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The teachers and augmentation policies that a student has learned from. */
public final class LineageTracker {
  private static final int MOST_TRACES = 8;

  private final Set<TeacherId> teachers;
  private final Set<String> policyHashes;

  public LineageTracker(TrainerState initial) {
    teachers = new LinkedHashSet<>(initial.teachers());
    policyHashes = new LinkedHashSet<>(initial.policyHashes());
  }

  @SuppressWarnings("ReferenceEquality") // equal lists are only added once more
  public void add(List<ConsumedView> batch) {
    List<TeacherId> added = List.of();
    for (ConsumedView view : batch) {
      // Most views of a batch share a list.
      if (view.teachers() != added) {
        added = view.teachers();
        teachers.addAll(added);
      }
      policyHashes.add(view.policyHash());
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
    for (ConsumedView view : batch) {
      long[] range =
          ranges.computeIfAbsent(
              view.partition().partition(), p -> new long[] {view.offset(), view.offset()});
      range[1] = view.offset();
    }
    return ranges;
  }

  /** Ids of the recorded traces in a batch, at most eight. */
  public static List<String> traces(List<ConsumedView> batch) {
    return batch.stream()
        .flatMap(view -> view.trace().stream())
        .distinct()
        .limit(MOST_TRACES)
        .toList();
  }

  /** The teachers of a batch, as name@version. */
  public static List<String> teachers(List<ConsumedView> batch) {
    return batch.stream()
        .flatMap(view -> view.teachers().stream())
        .map(teacher -> teacher.name() + "@" + teacher.version())
        .distinct()
        .toList();
  }
}
