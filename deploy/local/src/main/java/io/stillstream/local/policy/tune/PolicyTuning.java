package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.policy.tune.StrengthSearch.UnreachableAgreementException;
import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One run: searches strengths on one half of a sample, and measures what it found on the other
 * half, so that the figures are not those that the search has chosen by.
 */
public final class PolicyTuning {
  /** Images that a half needs: with fewer, an interval says nothing. */
  private static final int MIN_HALF = 50;

  private final TunablePolicy policy;
  private final TeacherModel teacher;
  private final double keep;
  private final long seed;
  private final Consumer<String> progress;

  /**
   * @param given the policy as it was written
   * @param teacher stays owned by the caller
   * @param keep part of its answers that the teacher must keep, 0 to 1
   * @param seed of the views
   * @param progress takes a line from time to time
   * @throws io.stillstream.augmenter.policy.PolicyException if it is no valid policy
   */
  public PolicyTuning(
      JsonNode given, TeacherModel teacher, double keep, long seed, Consumer<String> progress) {
    this.policy = new TunablePolicy(given);
    this.teacher = teacher;
    this.keep = keep;
    this.seed = seed;
    this.progress = progress;
  }

  /**
   * Searches and measures.
   *
   * @throws StartupException if nothing can be tuned, or there are too few images
   * @throws CommandFailedException if the teacher keeps too little, however weak the policy
   */
  public TunedPolicy run(ImageSample sample) {
    if (policy.operations().isEmpty()) {
      throw new StartupException("--policy has no operation whose strength could be changed");
    }
    List<ImageSource> images = sample.images();
    int half = images.size() / 2;
    Policy given = policy.policy(ones());
    TeacherMeter search = TeacherMeter.open(teacher, given.output(), images.subList(0, half), seed);
    TeacherMeter heldOut =
        TeacherMeter.open(teacher, given.output(), images.subList(half, images.size()), seed);
    int undecodable = images.size() - search.images() - heldOut.images();
    if (Math.min(search.images(), heldOut.images()) < MIN_HALF) {
      throw new StartupException(
          "%s has %d usable images (%d unusable), tuning needs at least %d"
              .formatted(
                  sample.origin(),
                  search.images() + heldOut.images(),
                  sample.unreadable() + undecodable,
                  2 * MIN_HALF));
    }
    double[] factors;
    try {
      factors = new StrengthSearch(policy, shown("search", search), keep).run();
    } catch (UnreachableAgreementException e) {
      throw new CommandFailedException(
          "without its operations the policy keeps %s of the teacher's answers, --keep asks for"
                  .formatted(e.weakest().interval())
              + " %s %%: lower it".formatted(TunedPolicy.percent(keep)),
          e);
    }
    AgreementMeter figures = shown("figures", heldOut);
    return new TunedPolicy(
        policy.tree(factors),
        rows(factors, figures),
        figures.measure(given),
        figures.measure(policy.policy(factors)),
        policy.untouched(),
        new TunedPolicy.Sizes(
            search.images(), heldOut.images(), sample.unreadable() + undecodable));
  }

  private List<TunedPolicy.Row> rows(double[] factors, AgreementMeter meter) {
    List<TunedPolicy.Row> rows = new ArrayList<>();
    for (int i = 0; i < factors.length; i++) {
      TunableOperation operation = policy.operations().get(i);
      rows.add(
          new TunedPolicy.Row(
              operation.path(),
              operation.changes(factors[i]),
              meter.measure(StrengthSearch.alone(policy, i, 1)),
              meter.measure(StrengthSearch.alone(policy, i, factors[i]))));
    }
    return rows;
  }

  private AgreementMeter shown(String stage, TeacherMeter meter) {
    return tried -> {
      AnswerAgreement agreement = meter.measure(tried);
      progress.accept("%s: %d policies measured".formatted(stage, meter.policies()));
      return agreement;
    };
  }

  private double[] ones() {
    double[] factors = new double[policy.operations().size()];
    Arrays.fill(factors, 1);
    return factors;
  }
}
