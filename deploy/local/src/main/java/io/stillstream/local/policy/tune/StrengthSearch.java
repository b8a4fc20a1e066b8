package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.policy.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/**
 * Searches the strongest policy on which a teacher keeps a given part of its answers.
 *
 * <p>Operations are balanced: each is as strong as it can be while it moves the answers, alone, at
 * most by a divergence that is the same for all. That divergence is the largest one with which the
 * whole policy keeps enough. An operation keeps at least its smallest step, such as one pixel, as
 * long as the whole can keep enough with it. Operations that have a probability and no strength
 * stay as they are, as long as each alone keeps enough. Nothing becomes stronger than it was. The
 * search takes for granted that a stronger operation costs more.
 */
final class StrengthSearch {
  /** Halvings of a factor: strengths differ by 1/32. */
  private static final int FACTOR_HALVINGS = 5;

  /** Halvings, at most, of the divergence that all operations share. */
  private static final int DIVERGENCE_HALVINGS = 20;

  private final TunablePolicy policy;
  private final AgreementMeter meter;
  private final double keep;
  private final List<TunableOperation> operations;

  /**
   * @param keep part of the answers that the teacher must keep, 0 to 1
   */
  StrengthSearch(TunablePolicy policy, AgreementMeter meter, double keep) {
    this.policy = policy;
    this.meter = meter;
    this.keep = keep;
    this.operations = policy.operations();
  }

  /** Thrown if the teacher keeps too little, however weak the operations are. */
  static final class UnreachableAgreementException extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialised
    private final AnswerAgreement weakest;

    UnreachableAgreementException(AnswerAgreement weakest) {
      super("the weakest policy keeps " + weakest.interval());
      this.weakest = weakest;
    }

    /** What was measured at strength 0. */
    AnswerAgreement weakest() {
      return weakest;
    }
  }

  /**
   * Finds the factors of the operations; all 1 if the policy is mild enough.
   *
   * @throws UnreachableAgreementException if the policy without all its operations misses the part
   */
  double[] run() throws UnreachableAgreementException {
    double[] full = new double[operations.size()];
    Arrays.fill(full, 1);
    if (isKept(full)) {
      return full;
    }
    double[] none = new double[operations.size()];
    AnswerAgreement weakest = meter.measure(policy.policy(none));
    if (weakest.kept() < keep) {
      throw new UnreachableAgreementException(weakest);
    }
    double[] limits = limits();
    double[] least = times(limits, 1);
    for (int i = 0; i < least.length; i++) {
      least[i] = operations.get(i).strengths().hasSettings() ? smallestStep(i) : limits[i];
    }
    double floor = weakest.divergence();
    return isKept(least) ? strongest(least, floor) : withoutStrengths(limits, floor);
  }

  /** Nothing is left of the operations with a strength, and if need be little of the others. */
  private double[] withoutStrengths(double[] limits, double floor) {
    double[] mildest = factors(i -> operations.get(i).strengths().hasSettings() ? 0 : limits[i]);
    if (!isKept(mildest)) {
      double common = largest(FACTOR_HALVINGS, factor -> isKept(times(mildest, factor)));
      return times(mildest, common);
    }
    return strongest(mildest, floor);
  }

  /**
   * The strongest of the balanced policies. The shared divergence is halved until a policy that is
   * kept and one that is not are the same, so that one costly operation does not hide the others.
   *
   * @param least of a policy that is kept; none of the balanced ones is weaker
   * @param floor divergence without any operation
   */
  private double[] strongest(double[] least, double floor) {
    double high = floor;
    for (int i = 0; i < operations.size(); i++) {
      if (operations.get(i).strengths().hasSettings()) {
        high = Math.max(high, alone(i, 1).divergence());
      }
    }
    double low = floor;
    double[] kept = isKept(balanced(least, low)) ? balanced(least, low) : least;
    double[] missed = balanced(least, high);
    if (isKept(missed)) {
      return missed;
    }
    for (int i = 0; i < DIVERGENCE_HALVINGS && !isSame(kept, missed); i++) {
      double middle = (low + high) / 2;
      double[] tried = balanced(least, middle);
      if (isKept(tried)) {
        low = middle;
        kept = tried;
      } else {
        high = middle;
        missed = tried;
      }
    }
    return kept;
  }

  /** Whether both are the same policy once settings are rounded. */
  private boolean isSame(double[] some, double[] others) {
    return policy.policy(some).hash().equals(policy.policy(others).hash());
  }

  /** The smallest factor at which an operation differs from its strength 0. */
  private double smallestStep(int operation) {
    TunableOperation tuned = operations.get(operation);
    int steps = 1 << FACTOR_HALVINGS;
    for (int step = 1; step < steps; step++) {
      double factor = (double) step / steps;
      if (!tuned.changes(factor).equals(tuned.changes(0))) {
        return factor;
      }
    }
    return 1;
  }

  /** What the teacher keeps if one operation works, and the others do not. */
  static Policy alone(TunablePolicy policy, int operation, double factor) {
    double[] factors = new double[policy.operations().size()];
    factors[operation] = factor;
    return policy.policy(factors);
  }

  private AnswerAgreement alone(int operation, double factor) {
    return meter.measure(alone(policy, operation, factor));
  }

  private boolean isKept(double[] factors) {
    return meter.measure(policy.policy(factors)).kept() >= keep;
  }

  /** Factors of the operations without a strength: 1 unless they alone cost too much. */
  private double[] limits() {
    return factors(i -> operations.get(i).strengths().hasSettings() ? 1 : limit(i));
  }

  private double limit(int operation) {
    return largest(FACTOR_HALVINGS, factor -> alone(operation, factor).kept() >= keep);
  }

  /** Factors with which no operation with a strength moves answers farther, alone, if it can. */
  private double[] balanced(double[] least, double divergence) {
    return factors(
        i ->
            operations.get(i).strengths().hasSettings()
                ? Math.max(least[i], strongest(i, divergence))
                : least[i]);
  }

  private double strongest(int operation, double divergence) {
    return largest(FACTOR_HALVINGS, factor -> alone(operation, factor).divergence() <= divergence);
  }

  private interface FactorOfOperation {
    double of(int operation);
  }

  private double[] factors(FactorOfOperation factor) {
    double[] factors = new double[operations.size()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = factor.of(i);
    }
    return factors;
  }

  private static double[] times(double[] factors, double factor) {
    DoubleUnaryOperator scale = value -> value * factor;
    return Arrays.stream(factors).map(scale).toArray();
  }

  /**
   * The largest number of 0 to 1 that holds, by halving; 0 is taken to hold.
   *
   * @param halvings how often, so that numbers are multiples of 2^−halvings
   */
  private static double largest(int halvings, DoublePredicate holds) {
    if (holds.test(1)) {
      return 1;
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < halvings; i++) {
      double middle = (low + high) / 2;
      if (holds.test(middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
