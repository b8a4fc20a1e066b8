package io.stillstream.trainer.training.comparison;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The decision of the gate on a challenger.
 *
 * @param passed whether it may become champion
 * @param measuredOn {@code window}: the latest originals, each predicted by both before the student
 *     trained on it; {@code held-out}: a held-out set
 * @param baseline version that it was compared with: the best champion so far
 * @param images that both were measured on; with 0 nothing is known, and it passes
 * @param challenger mean of its scores: the share of images that it named right, the mean
 *     intersection over union, or the mean cosine; null without images
 * @param best the same of the baseline
 * @param allowed how far behind the challenger could have been, 0 to 1
 */
public record GateDecision(
    boolean passed,
    String measuredOn,
    long baseline,
    int images,
    Double challenger,
    Double best,
    double allowed) {

  /** Whether the challenger is the one that the next have to reach. */
  public boolean leads() {
    return passed && images > 0 && challenger >= best;
  }

  /** The facts by name, for people. */
  public Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("baseline", Long.toString(baseline));
    facts.put("measured_on", measuredOn);
    facts.put("images", Integer.toString(images));
    facts.put("allowed", fraction(allowed));
    if (images > 0) {
      facts.put("challenger", fraction(challenger));
      facts.put("best", fraction(best));
    }
    return facts;
  }

  private static String fraction(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
