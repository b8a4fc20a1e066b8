package io.stillstream.labeler.config;

import io.stillstream.labeler.budget.AdaptiveFraction.Rule;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;
import java.util.Optional;

/**
 * Which images are labelled.
 *
 * @param fraction of the images, fixed
 * @param adaptive instead of it: from what students report
 */
public record LabelBudgetSettings(@Default("1.0") double fraction, Optional<Adaptive> adaptive) {
  public LabelBudgetSettings {
    SettingRanges.requireShare("fraction", fraction);
    if (adaptive.isPresent() && fraction != 1) {
      throw new IllegalArgumentException(
          "fraction must not be given beside adaptive, was " + fraction);
    }
  }

  /**
   * The bounds of the fraction, and the rule between them; see {@link Rule}.
   *
   * @param min of the fraction
   * @param max of the fraction
   * @param targetDisagreement disagreement from which on the fraction is max
   * @param smoothing weight of a report of less disagreement than before
   * @param staleAfter a student whose last report is older does not count
   */
  public record Adaptive(
      @Default("0.05") double min,
      @Default("1.0") double max,
      @Default("0.1") double targetDisagreement,
      @Default("0.3") double smoothing,
      @Default("5m") Duration staleAfter) {
    public Adaptive {
      // The message of the rule names the setting.
      var unused = new Rule(min, max, targetDisagreement, smoothing, staleAfter);
    }

    public Rule rule() {
      return new Rule(min, max, targetDisagreement, smoothing, staleAfter);
    }
  }
}
