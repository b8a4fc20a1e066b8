package io.stillstream.trainer.training.accuracy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongPredicate;

/**
 * Classes of student, teacher and label for the latest originals. Measures are computed when they
 * are asked for, all of them in one pass.
 */
public final class PrequentialWindow implements PrequentialTracker {
  /** Before the outcomes in base 64. What has no form is of an older one, and cannot be used. */
  private static final String FORM = "2:";

  /** The same where each outcome has its image. */
  private static final String FORM_WITH_IMAGES = "3:";

  private static final int OUTCOME_BYTES = 5 * Integer.BYTES;

  private final LatestOutcomes<PrequentialOutcome> outcomes;
  private boolean expectsTruth;

  /**
   * @param capacity in images, at least 1
   */
  public PrequentialWindow(int capacity) {
    outcomes = new LatestOutcomes<>(capacity);
  }

  @Override
  public void add(OriginalOutcome outcome) {
    PrequentialOutcome added = (PrequentialOutcome) outcome;
    PrequentialOutcome unused = outcomes.add(expectsTruth ? added : added.withoutImage());
  }

  @Override
  public int size() {
    return outcomes.size();
  }

  @Override
  public int taught() {
    return outcomes.taught();
  }

  @Override
  public PrequentialWindow newest(long taught) {
    int kept = outcomes.newest(taught);
    PrequentialWindow newest = new PrequentialWindow(Math.max(1, kept));
    for (int i = size() - kept; i < size(); i++) {
      newest.add(outcomes.get(i));
    }
    return newest;
  }

  /** Sums over all outcomes. */
  private static final class Totals {
    private final CalibrationError calibration = new CalibrationError();
    private int labelled;
    private int right;
    private int taught;
    private int agreed;
    private int both;
    private int teacherRight;
    private double divergence;

    private void add(PrequentialOutcome outcome) {
      if (outcome.isLabelled()) {
        labelled++;
        right += outcome.isRight() ? 1 : 0;
        calibration.add(outcome.confidence(), outcome.isRight());
      }
      if (outcome.isTaught()) {
        taught++;
        agreed += outcome.isAgreed() ? 1 : 0;
        divergence += outcome.divergence();
      }
      if (outcome.isLabelled() && outcome.isTaught()) {
        both++;
        teacherRight += outcome.isTeacherRight() ? 1 : 0;
      }
    }
  }

  private Totals totals() {
    Totals totals = new Totals();
    for (int i = 0; i < size(); i++) {
      totals.add(outcomes.get(i));
    }
    return totals;
  }

  private static OptionalDouble mean(double sum, int count) {
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  /** Share of labelled images that the student named right. */
  @Override
  public OptionalDouble studentAccuracy() {
    Totals totals = totals();
    return mean(totals.right, totals.labelled);
  }

  /** Share of images with label and logits that the teacher named right. */
  public OptionalDouble teacherAccuracy() {
    Totals totals = totals();
    return mean(totals.teacherRight, totals.both);
  }

  /** Share of images with logits on which student and teacher agree. */
  @Override
  public OptionalDouble agreement() {
    Totals totals = totals();
    return mean(totals.agreed, totals.taught);
  }

  /** As {@link #agreement}, of images for which the teacher favours this class. */
  public OptionalDouble agreement(int category) {
    int all = 0;
    int hits = 0;
    for (int i = 0; i < size(); i++) {
      if (outcomes.get(i).teacher() == category) {
        all++;
        hits += outcomes.get(i).isAgreed() ? 1 : 0;
      }
    }
    return mean(hits, all);
  }

  /** Mean KL(teacher ‖ student) in nats, of images with logits. */
  public OptionalDouble divergence() {
    Totals totals = totals();
    return mean(totals.divergence, totals.taught);
  }

  /** Expected calibration error of the student on labelled images. */
  public OptionalDouble calibrationError() {
    return totals().calibration.error();
  }

  @Override
  public Map<Measure, Double> measures() {
    Totals totals = totals();
    Map<Measure, Double> measures = new EnumMap<>(Measure.class);
    put(measures, Measure.PREQUENTIAL_ACCURACY, mean(totals.right, totals.labelled));
    put(measures, Measure.TEACHER_ACCURACY, mean(totals.teacherRight, totals.both));
    put(measures, Measure.TEACHER_AGREEMENT, mean(totals.agreed, totals.taught));
    put(measures, Measure.TEACHER_DIVERGENCE, mean(totals.divergence, totals.taught));
    put(measures, Measure.CALIBRATION_ERROR, totals.calibration.error());
    return measures;
  }

  private static void put(Map<Measure, Double> measures, Measure measure, OptionalDouble value) {
    value.ifPresent(known -> measures.put(measure, known));
  }

  /** The student's accuracy on labelled images by class, [k]; NaN for a class without any. */
  @Override
  public double[] classScores(int k) {
    // Not from the matrix: this is asked for after each batch and label, and K may be large.
    long[] labelled = new long[k];
    long[] right = new long[k];
    for (int i = 0; i < size(); i++) {
      PrequentialOutcome outcome = outcomes.get(i);
      if (isCounted(outcome, k)) {
        labelled[outcome.label()]++;
        right[outcome.label()] += outcome.isRight() ? 1 : 0;
      }
    }
    double[] accuracies = new double[k];
    Arrays.setAll(accuracies, label -> (double) right[label] / labelled[label]);
    return accuracies;
  }

  /** How often the student gave which class to labelled images, [label][answer]. */
  @Override
  public Optional<long[][]> confusion(int k) {
    boolean isKept = size() > 0 && k <= EvaluationResult.MOST_CONFUSED_CLASSES;
    return isKept ? Optional.of(counts(k)) : Optional.empty();
  }

  private long[][] counts(int k) {
    long[][] counts = new long[k][k];
    for (int i = 0; i < size(); i++) {
      PrequentialOutcome outcome = outcomes.get(i);
      if (isCounted(outcome, k)) {
        counts[outcome.label()][outcome.student()]++;
      }
    }
    return counts;
  }

  private static boolean isCounted(PrequentialOutcome outcome, int k) {
    return outcome.isLabelled() && outcome.label() < k && outcome.student() < k;
  }

  /** {@inheritDoc} Until then images are not remembered, as they may have to be erased. */
  @Override
  public void expectTruth() {
    expectsTruth = true;
  }

  @Override
  public boolean relabel(long image, int label) {
    return outcomes.update(outcome -> outcome.image() == image ? outcome.withLabel(label) : outcome)
        > 0;
  }

  @Override
  public void erase(LongPredicate image) {
    int unused =
        outcomes.update(outcome -> image.test(outcome.image()) ? outcome.withoutImage() : outcome);
  }

  @Override
  public String save() {
    // Images that an earlier run kept are left out where no truth is expected any more: then none
    // of them is erased.
    boolean hasImages = false;
    for (int i = 0; expectsTruth && i < size(); i++) {
      hasImages |= outcomes.get(i).image() != 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size() * (OUTCOME_BYTES + (hasImages ? Long.BYTES : 0)));
    for (int i = 0; i < size(); i++) {
      PrequentialOutcome outcome = outcomes.get(i);
      bytes.putInt(outcome.label()).putInt(outcome.teacher()).putInt(outcome.student());
      bytes.putFloat(outcome.confidence()).putFloat(outcome.divergence());
      if (hasImages) {
        bytes.putLong(outcome.image());
      }
    }
    return (hasImages ? FORM_WITH_IMAGES : FORM)
        + Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public void restore(String saved) {
    outcomes.clear();
    boolean hasImages = saved.startsWith(FORM_WITH_IMAGES);
    if (!hasImages && !saved.startsWith(FORM)) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(saved.substring(FORM.length())));
    while (bytes.hasRemaining()) {
      PrequentialOutcome unused =
          outcomes.add(
              new PrequentialOutcome(
                  bytes.getInt(),
                  bytes.getInt(),
                  bytes.getInt(),
                  bytes.getFloat(),
                  bytes.getFloat(),
                  hasImages ? bytes.getLong() : 0));
    }
  }
}
