package io.stillstream.trainer.training;

import java.util.Map;
import java.util.TreeMap;

/**
 * A drift or a rollback.
 *
 * @param step after which it happened
 * @param details facts by name
 */
public record TrainingEvent(Kind kind, long step, Map<String, String> details) {
  /** What happened. */
  public enum Kind {
    /** The student does worse than before. */
    DRIFT,
    /** Training diverged, and was rolled back. */
    ROLLBACK
  }

  public TrainingEvent {
    details = new TreeMap<>(details);
  }
}
