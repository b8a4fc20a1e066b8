package io.stillstream.trainer.training.accuracy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * Classes of student, teacher and label for the latest originals. A measure is computed when it is
 * asked for, in one pass.
 */
public final class PrequentialWindow implements PrequentialTracker {
  /** Before the outcomes in base 64. What has none is of an older form, and cannot be used. */
  private static final String FORM = "2:";

  private static final int OUTCOME_BYTES = 5 * Integer.BYTES;

  private final LatestOutcomes<PrequentialOutcome> outcomes;

  /**
   * @param capacity in images, at least 1
   */
  public PrequentialWindow(int capacity) {
    outcomes = new LatestOutcomes<>(capacity);
  }

  @Override
  public void add(OriginalOutcome outcome) {
    PrequentialOutcome unused = outcomes.add((PrequentialOutcome) outcome);
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

  /** Share of labelled images that the student named right. */
  @Override
  public OptionalDouble studentAccuracy() {
    return share(PrequentialOutcome::isLabelled, PrequentialOutcome::isRight);
  }

  /** Share of images with label and logits that the teacher named right. */
  public OptionalDouble teacherAccuracy() {
    return share(
        outcome -> outcome.isLabelled() && outcome.isTaught(), PrequentialOutcome::isTeacherRight);
  }

  /** Share of images with logits on which student and teacher agree. */
  @Override
  public OptionalDouble agreement() {
    return share(PrequentialOutcome::isTaught, PrequentialOutcome::isAgreed);
  }

  /** As {@link #agreement}, of images for which the teacher favours this class. */
  public OptionalDouble agreement(int category) {
    return share(outcome -> outcome.teacher() == category, PrequentialOutcome::isAgreed);
  }

  /** Mean KL(teacher ‖ student) in nats, of images with logits. */
  public OptionalDouble divergence() {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < size(); i++) {
      if (outcomes.get(i).isTaught()) {
        sum += outcomes.get(i).divergence();
        count++;
      }
    }
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  /** Expected calibration error of the student on labelled images. */
  public OptionalDouble calibrationError() {
    CalibrationError calibration = new CalibrationError();
    for (int i = 0; i < size(); i++) {
      if (outcomes.get(i).isLabelled()) {
        calibration.add(outcomes.get(i).confidence(), outcomes.get(i).isRight());
      }
    }
    return calibration.error();
  }

  @Override
  public Map<Measure, Double> measures() {
    Map<Measure, Double> measures = new EnumMap<>(Measure.class);
    studentAccuracy().ifPresent(v -> measures.put(Measure.PREQUENTIAL_ACCURACY, v));
    teacherAccuracy().ifPresent(v -> measures.put(Measure.TEACHER_ACCURACY, v));
    agreement().ifPresent(v -> measures.put(Measure.TEACHER_AGREEMENT, v));
    divergence().ifPresent(v -> measures.put(Measure.TEACHER_DIVERGENCE, v));
    calibrationError().ifPresent(v -> measures.put(Measure.CALIBRATION_ERROR, v));
    return measures;
  }

  /** The student's accuracy on labelled images by class, [k]; NaN for a class without any. */
  @Override
  public double[] classScores(int k) {
    long[][] counts = counts(k);
    double[] accuracies = new double[k];
    Arrays.setAll(
        accuracies, label -> (double) counts[label][label] / Arrays.stream(counts[label]).sum());
    return accuracies;
  }

  /** How often the student gave which class to labelled images, [label][answer]. */
  @Override
  public Optional<long[][]> confusion(int k) {
    return size() > 0 ? Optional.of(counts(k)) : Optional.empty();
  }

  private long[][] counts(int k) {
    long[][] counts = new long[k][k];
    for (int i = 0; i < size(); i++) {
      int label = outcomes.get(i).label();
      int answer = outcomes.get(i).student();
      if (label >= 0 && label < k && answer < k) {
        counts[label][answer]++;
      }
    }
    return counts;
  }

  private OptionalDouble share(
      Predicate<PrequentialOutcome> of, Predicate<PrequentialOutcome> what) {
    int all = 0;
    int hits = 0;
    for (int i = 0; i < size(); i++) {
      if (of.test(outcomes.get(i))) {
        all++;
        hits += what.test(outcomes.get(i)) ? 1 : 0;
      }
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits / all);
  }

  @Override
  public String save() {
    ByteBuffer bytes = ByteBuffer.allocate(size() * OUTCOME_BYTES);
    for (int i = 0; i < size(); i++) {
      PrequentialOutcome outcome = outcomes.get(i);
      bytes.putInt(outcome.label()).putInt(outcome.teacher()).putInt(outcome.student());
      bytes.putFloat(outcome.confidence()).putFloat(outcome.divergence());
    }
    return FORM + Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public void restore(String saved) {
    outcomes.clear();
    if (!saved.startsWith(FORM)) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(saved.substring(FORM.length())));
    while (bytes.hasRemaining()) {
      add(
          new PrequentialOutcome(
              bytes.getInt(), bytes.getInt(), bytes.getInt(), bytes.getFloat(), bytes.getFloat()));
    }
  }
}
