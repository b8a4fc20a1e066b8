package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.policy.tune.StrengthSearch.UnreachableAgreementException;
import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * One run: searches strengths on one half of a sample, and measures what it found on the other
 * half, so that the figures are not those that the search has chosen by.
 */
public final class PolicyTuning {
  /** Images that a half needs: with fewer, an interval says nothing. */
  private static final int MIN_HALF = 50;

  private final TunablePolicy policy;
  private final Policy given;
  private final TeacherAnswers teacher;
  private final double keep;
  private final long seed;
  private final long maxPixels;
  private final LongConsumer progress;
  private long measured;

  /**
   * Checks all that can be checked without images.
   *
   * @param given the policy as it was written
   * @param teacher stays owned by the caller
   * @param keep part of its answers that the teacher must keep, 0 to 1
   * @param seed of the views
   * @param maxPixels largest height × width that is decoded
   * @param progress takes the number of policies measured, after each
   * @throws io.stillstream.augmenter.policy.PolicyException if it is no valid policy
   * @throws StartupException if nothing can be tuned, or the teacher takes no such views
   */
  public PolicyTuning(
      JsonNode given,
      TeacherModel teacher,
      double keep,
      long seed,
      long maxPixels,
      LongConsumer progress) {
    this.policy = new TunablePolicy(given);
    if (policy.operations().isEmpty()) {
      throw new StartupException("--policy has no operation whose strength could be changed");
    }
    double[] full = new double[policy.operations().size()];
    Arrays.fill(full, 1);
    this.given = policy.policy(full);
    this.teacher = new TeacherAnswers(teacher, this.given.output());
    this.teacher.requireAccepted();
    this.keep = keep;
    this.seed = seed;
    this.maxPixels = maxPixels;
    this.progress = progress;
  }

  /**
   * Searches and measures.
   *
   * @throws StartupException if there are too few images
   * @throws CommandFailedException if the teacher fails, or keeps too little, however weak the
   *     policy
   */
  public TunedPolicy run(ImageSample sample) {
    List<SampleImage> images = TeacherMeter.unchanged(teacher, sample.images(), maxPixels);
    int unusable = sample.unreadable() + sample.images().size() - images.size();
    int half = images.size() / 2;
    if (half < MIN_HALF) {
      throw new StartupException(
          "%s has %d usable images (%d unusable), tuning needs at least %d"
              .formatted(sample.origin(), images.size(), unusable, 2 * MIN_HALF));
    }
    AgreementMeter search = meter(images.subList(0, half));
    AgreementMeter figures = meter(images.subList(half, images.size()));
    double[] factors;
    try {
      factors = new StrengthSearch(policy, search, keep).run();
    } catch (UnreachableAgreementException e) {
      throw new CommandFailedException(
          "without the policy's operations %s of the teacher's answer is kept, --keep asks for %s %%:"
                  .formatted(e.weakest().interval(), TunedPolicy.percent(keep))
              + " lower it",
          e);
    }
    return new TunedPolicy(
        policy.tree(factors),
        rows(factors, figures),
        figures.measure(given),
        figures.measure(policy.policy(factors)),
        policy.untouched(),
        new TunedPolicy.Sizes(half, images.size() - half, unusable));
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

  private AgreementMeter meter(List<SampleImage> images) {
    TeacherMeter meter = new TeacherMeter(teacher, images, seed, maxPixels);
    return tried -> {
      int before = meter.policies();
      AnswerAgreement agreement = meter.measure(tried);
      measured += meter.policies() - before;
      progress.accept(measured);
      return agreement;
    };
  }
}
