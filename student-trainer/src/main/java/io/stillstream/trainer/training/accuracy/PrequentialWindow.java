package io.stillstream.trainer.training.accuracy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * How student and teacher did on the latest originals, each judged before it was trained on (Gama,
 * Sebastião and Rodrigues 2013). A measure is computed when it is asked for, in one pass.
 */
public final class PrequentialWindow {
  /** Before the outcomes in base 64. What has none is of an older form, and cannot be used. */
  private static final String FORM = "2:";

  private static final int OUTCOME_BYTES = 5 * Integer.BYTES;

  private final PrequentialOutcome[] outcomes;
  private int size;
  private int next;

  /**
   * @param capacity in images, at least 1
   */
  public PrequentialWindow(int capacity) {
    outcomes = new PrequentialOutcome[capacity];
  }

  /** Takes what came of one more original. */
  public void add(PrequentialOutcome outcome) {
    outcomes[next] = outcome;
    next = (next + 1) % outcomes.length;
    size = Math.min(size + 1, outcomes.length);
  }

  /** The {@code index}-th, oldest first. */
  private PrequentialOutcome outcome(int index) {
    return outcomes[Math.floorMod(next - size + index, outcomes.length)];
  }

  /** Images in the window. */
  public int size() {
    return size;
  }

  /** Images in the window that have logits. */
  public int taught() {
    int taught = 0;
    for (int i = 0; i < size; i++) {
      taught += outcome(i).isTaught() ? 1 : 0;
    }
    return taught;
  }

  /** A window that goes back only as far as there are {@code taught} images with logits. */
  public PrequentialWindow newest(long taught) {
    int kept = 0;
    for (long left = taught; left > 0 && kept < size; kept++) {
      left -= outcome(size - 1 - kept).isTaught() ? 1 : 0;
    }
    PrequentialWindow newest = new PrequentialWindow(Math.max(1, kept));
    for (int i = size - kept; i < size; i++) {
      newest.add(outcome(i));
    }
    return newest;
  }

  /** Share of labelled images that the student named right. */
  public OptionalDouble studentAccuracy() {
    return share(PrequentialOutcome::isLabelled, PrequentialOutcome::isRight);
  }

  /** Share of images with label and logits that the teacher named right. */
  public OptionalDouble teacherAccuracy() {
    return share(
        outcome -> outcome.isLabelled() && outcome.isTaught(), PrequentialOutcome::isTeacherRight);
  }

  /** Share of images with logits on which student and teacher agree. */
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
    for (int i = 0; i < size; i++) {
      if (outcome(i).isTaught()) {
        sum += outcome(i).divergence();
        count++;
      }
    }
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  /** Expected calibration error of the student on labelled images. */
  public OptionalDouble calibrationError() {
    CalibrationError calibration = new CalibrationError();
    for (int i = 0; i < size; i++) {
      if (outcome(i).isLabelled()) {
        calibration.add(outcome(i).confidence(), outcome(i).isRight());
      }
    }
    return calibration.error();
  }

  /** The student's accuracy on labelled images by class, [k]; NaN for a class without any. */
  public double[] classAccuracies(int k) {
    int[] all = new int[k];
    int[] right = new int[k];
    for (int i = 0; i < size; i++) {
      int label = outcome(i).label();
      if (label >= 0 && label < k) {
        all[label]++;
        right[label] += outcome(i).isRight() ? 1 : 0;
      }
    }
    double[] accuracies = new double[k];
    Arrays.setAll(accuracies, label -> (double) right[label] / all[label]);
    return accuracies;
  }

  /** How often the student gave which class to labelled images, [label][answer]. */
  public int[][] confusion(int k) {
    int[][] counts = new int[k][k];
    for (int i = 0; i < size; i++) {
      int label = outcome(i).label();
      int answer = outcome(i).student();
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
    for (int i = 0; i < size; i++) {
      if (of.test(outcome(i))) {
        all++;
        hits += what.test(outcome(i)) ? 1 : 0;
      }
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits / all);
  }

  /** The outcomes, oldest first. */
  public String save() {
    ByteBuffer bytes = ByteBuffer.allocate(size * OUTCOME_BYTES);
    for (int i = 0; i < size; i++) {
      PrequentialOutcome outcome = outcome(i);
      bytes.putInt(outcome.label()).putInt(outcome.teacher()).putInt(outcome.student());
      bytes.putFloat(outcome.confidence()).putFloat(outcome.divergence());
    }
    return FORM + Base64.getEncoder().encodeToString(bytes.array());
  }

  /**
   * Restores saved outcomes, the latest if the window has become smaller. Those of the first format
   * have no classes: then the window begins empty.
   */
  public void restore(String saved) {
    size = 0;
    next = 0;
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
