package io.stillstream.trainer.training.drift;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The student does worse than it did, and not by chance.
 *
 * @param signals what tells so, by name
 * @param stale classes on most of whose images the student no longer agrees with the teacher,
 *     though it did: what the teacher said of them earlier no longer holds
 */
public record Drift(Map<String, Adwin.Change> signals, Set<Integer> stale) {
  public Drift {
    signals = new TreeMap<>(signals);
    stale = new TreeSet<>(stale);
  }
}
