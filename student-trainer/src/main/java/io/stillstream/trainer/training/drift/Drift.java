package io.stillstream.trainer.training.drift;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The student has become worse, significantly.
 *
 * @param signals in which it was detected, by name
 * @param stale classes on most of whose images the student no longer agrees with the teacher,
 *     though it did: earlier logits for them are outdated
 */
public record Drift(Map<String, Adwin.Change> signals, Set<Integer> stale) {
  public Drift {
    signals = new TreeMap<>(signals);
    stale = new TreeSet<>(stale);
  }
}
