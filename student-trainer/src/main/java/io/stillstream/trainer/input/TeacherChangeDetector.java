package io.stillstream.trainer.input;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.util.List;
import java.util.Optional;

/**
 * Notices when the logits come from another teacher than before: when all of a batch that have any
 * come from one other. While labelers are replaced one by one, batches are mixed, and nothing is
 * said yet.
 */
public final class TeacherChangeDetector {
  private List<TeacherId> current;

  /**
   * @param current teachers so far; empty before the first
   */
  public TeacherChangeDetector(List<TeacherId> current) {
    this.current = current;
  }

  /** From whom to whom; several are an ensemble. */
  public record Change(List<TeacherId> from, List<TeacherId> to) {}

  /** Looks at a batch; the first teachers of all are no change. */
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
