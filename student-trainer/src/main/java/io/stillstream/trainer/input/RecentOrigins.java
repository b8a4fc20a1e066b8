package io.stillstream.trainer.input;

import io.stillstream.schemas.Lineage;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The images of which an augmented view came lately. An original that comes after an augmented view
 * of the same image, as after the replay of a dead letter, is not a new image for the student: it
 * must not count in the prequential evaluation.
 */
final class RecentOrigins {
  private final int most;
  private final Set<Origin> seen = new LinkedHashSet<>();

  /**
   * @param most how many images are remembered
   */
  RecentOrigins(int most) {
    this.most = most;
  }

  private record Origin(String topic, int partition, long offset) {}

  /** Adds a view; whether it is an original that comes before all augmented views of its image. */
  boolean isFirst(Lineage view) {
    Origin origin =
        new Origin(view.getOriginTopic(), view.getOriginPartition(), view.getOriginOffset());
    if (view.getViewIndex() == 0) {
      return !seen.contains(origin);
    }
    if (seen.add(origin) && seen.size() > most) {
      Iterator<Origin> oldest = seen.iterator();
      oldest.next();
      oldest.remove();
    }
    return false;
  }
}
