package io.stillstream.trainer.input;

import io.stillstream.schemas.Lineage;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Knows of which images an augmented view came lately. An original that comes after one of its
 * siblings, as it may when a dead letter is replayed, has been learned from already and says
 * nothing about what the student makes of new images.
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

  /** Takes notice of a view; whether it is an original that comes before all of its siblings. */
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
