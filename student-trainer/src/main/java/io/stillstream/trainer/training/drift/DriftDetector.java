package io.stillstream.trainer.training.drift;

import io.stillstream.trainer.training.accuracy.OriginalOutcome;
import io.stillstream.trainer.training.accuracy.PrequentialOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Detects drift in the outcomes of originals: in disagreement with the teacher, in errors by label
 * or mask, and, of a classification, in disagreement by the class that the teacher favours. Each
 * signal has a window of its own; one whose mean falls only forgets, one whose mean rises is a
 * drift. A window takes several values to forget all that was before, and cuts itself again at
 * each; so after a drift a signal is ignored for {@value #QUIET} outcomes.
 *
 * <p>The signals by class distinguish changed labels from new classes: of a new class there is no
 * better past. They count only from a disagreement of {@value #STALE} on: below, the student
 * wavers; above, most of what was stored of the class contradicts the teacher. And only if a good
 * part of what the student takes for one class is called this one now ({@link RecentPredictions}):
 * where new classes come, the teacher gives some of their images to an old one by mistake, and what
 * is stored of that is all there is to remember it by.
 */
public final class DriftDetector {
  /** Signal: how far student and teacher differ, as {@link OriginalOutcome#disagreement} says. */
  public static final String DISAGREEMENT = "disagreement";

  /** Signal: how far the student is from the truth, as {@link OriginalOutcome#error} says. */
  public static final String ERROR = "error";

  /** All signals that are counted. */
  public static final List<String> SIGNALS = List.of(DISAGREEMENT, ERROR, "class");

  private static final String CLASS = "class-";

  /** Saved among the signals, with no quiet time. */
  private static final String RECENT = "recent";

  private static final double STALE = 0.5;
  private static final int QUIET = 200;

  private final double delta;
  private final Map<String, Signal> signals = new HashMap<>();
  private final RecentPredictions recent = new RecentPredictions();

  /**
   * @param delta bounds the chance of a false alarm, for each signal
   */
  public DriftDetector(double delta) {
    this.delta = delta;
    // One that cannot be had is refused here, not at the first outcome.
    signal(DISAGREEMENT);
  }

  private static final class Signal {
    private final Adwin window;
    private int quiet;

    Signal(Adwin window) {
      this.window = window;
    }

    Optional<Adwin.Change> rise(double value, double least) {
      quiet = Math.max(0, quiet - 1);
      Optional<Adwin.Change> rise =
          window
              .add(value)
              .filter(change -> change.isRise() && change.after() >= least && quiet == 0);
      quiet = rise.isPresent() ? QUIET : quiet;
      return rise;
    }
  }

  /**
   * What is saved of a signal.
   *
   * @param window as {@link Adwin#save}
   * @param quiet outcomes for which it is ignored
   */
  public record State(List<double[]> window, int quiet) {}

  /** Looks at outcomes in their order. */
  public Optional<Drift> watch(List<? extends OriginalOutcome> outcomes) {
    Map<String, Adwin.Change> risen = new TreeMap<>();
    Set<Integer> stale = new TreeSet<>();
    for (OriginalOutcome outcome : outcomes) {
      if (outcome.isTaught()) {
        signal(DISAGREEMENT)
            .rise(outcome.disagreement(), 0)
            .ifPresent(change -> risen.put(DISAGREEMENT, change));
        if (outcome instanceof PrequentialOutcome classes) {
          watchClass(classes, risen, stale);
        }
      }
      if (outcome.isLabelled()) {
        signal(ERROR).rise(outcome.error(), 0).ifPresent(change -> risen.put(ERROR, change));
      }
    }
    return risen.isEmpty() ? Optional.empty() : Optional.of(new Drift(risen, stale));
  }

  private void watchClass(
      PrequentialOutcome outcome, Map<String, Adwin.Change> risen, Set<Integer> stale) {
    String name = CLASS + outcome.teacher();
    recent.add(outcome.teacher(), outcome.student());
    signal(name)
        .rise(outcome.disagreement(), STALE)
        .filter(change -> recent.isRenamed(outcome.teacher()))
        .ifPresent(
            change -> {
              risen.put(name, change);
              stale.add(outcome.teacher());
            });
  }

  private Signal signal(String name) {
    return signals.computeIfAbsent(name, any -> new Signal(new Adwin(delta)));
  }

  /** How many of the latest images with an answer were under the same conditions as now. */
  public long sameAsNow() {
    return signal(DISAGREEMENT).window.size();
  }

  /** Name of the metric's tag for a signal: those by class are one. */
  public static String tag(String signal) {
    return signal.startsWith(CLASS) ? "class" : signal;
  }

  public Map<String, State> save() {
    Map<String, State> saved = new TreeMap<>();
    signals.forEach(
        (name, signal) -> saved.put(name, new State(signal.window.save(), signal.quiet)));
    saved.put(RECENT, new State(recent.save(), 0));
    return saved;
  }

  public void restore(Map<String, State> saved) {
    signals.clear();
    recent.restore(saved.containsKey(RECENT) ? saved.get(RECENT).window : List.of());
    saved.forEach(
        (name, state) -> {
          if (name.equals(RECENT)) {
            return;
          }
          signal(name).window.restore(state.window);
          signal(name).quiet = state.quiet;
        });
  }
}
