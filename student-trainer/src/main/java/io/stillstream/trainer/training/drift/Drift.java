package io.stillstream.trainer.training.drift;

import java.util.Locale;
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

  /** The facts by name, for people. */
  public Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("signals", String.join(", ", signals.keySet()));
    signals.forEach(
        (signal, change) -> {
          facts.put(signal + ".before", number(change.before()));
          facts.put(signal + ".after", number(change.after()));
          facts.put(signal + ".images", Long.toString(change.since()));
        });
    return facts;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
