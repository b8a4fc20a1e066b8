package io.stillstream.trainer.training;

import java.util.Map;
import java.util.TreeMap;

/**
 * Something that happened to the student and that somebody should know.
 *
 * @param step after which it happened
 * @param details facts by name
 */
public record TrainingEvent(Kind kind, long step, Map<String, String> details) {
  /** What happened. */
  public enum Kind {
    /** The student does worse than before. */
    DRIFT,
    /** Training diverged, and was set back. */
    ROLLBACK
  }

  public TrainingEvent {
    details = new TreeMap<>(details);
  }
}
