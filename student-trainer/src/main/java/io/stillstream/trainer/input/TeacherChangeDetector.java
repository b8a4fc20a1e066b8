package io.stillstream.trainer.input;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.util.List;
import java.util.Optional;

/**
 * Detects that the logits come from another teacher: when all logits of a batch come from a single
 * other one. Mixed batches, as while labelers are replaced one by one, are ignored.
 */
public final class TeacherChangeDetector {
  private List<TeacherId> current;

  /**
   * @param current teachers so far; empty before the first
   */
  public TeacherChangeDetector(List<TeacherId> current) {
    this.current = current;
  }

  /** The teachers before and after; several are an ensemble. */
  public record Change(List<TeacherId> from, List<TeacherId> to) {}

  /** Checks a batch; the very first teachers are not a change. */
  public Optional<Change> detectTeacherChange(List<ConsumedView> batch) {
    List<List<TeacherId>> teachers =
        batch.stream()
            .map(ConsumedView::teachers)
            .filter(several -> !several.isEmpty())
            .distinct()
            .toList();
    if (teachers.size() != 1 || teachers.get(0).equals(current)) {
      return Optional.empty();
    }
    Change change = new Change(current, teachers.get(0));
    current = change.to;
    return change.from.isEmpty() ? Optional.empty() : Optional.of(change);
  }

  public List<TeacherId> current() {
    return current;
  }
}
