package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.trainer.training.example.ViewMask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongPredicate;

/**
 * Pixels of the latest originals by true class, teacher's class and student's class. Measures are
 * those of the summed counts: the mean intersection over union is not the mean of the images'.
 *
 * <p>Besides its capacity, the window has a bound in bytes: the oldest images that do not fit go.
 * Where truth is expected later, it also keeps what was said of each cell, for the latest images
 * for which there is room then; a mask of any other image cannot be counted any more.
 */
public final class SegmentationWindow implements PrequentialTracker {
  /** Before the outcomes in base 64. */
  private static final String FORM = "s1:";

  /** The same where what was said of each cell follows some of them. */
  private static final String FORM_WITH_ANSWERS = "s2:";

  /**
   * Bytes of a window as it is saved, before base 64: an image takes about 100 with 11 classes, so
   * the 2,000 of the default fit. On the heap it takes four times as much at most, and the objects.
   */
  private static final int MOST_BYTES = 768 * 1024;

  private final int classes;
  private final LatestOutcomes<PixelOutcome> outcomes;

  /** Of truth and student. */
  private final ConfusionMatrix student;

  /** Of truth and teacher. */
  private final ConfusionMatrix teacher;

  /** Of teacher and student. */
  private final ConfusionMatrix agreement;

  private int bytes;

  /** What was said of cells takes. */
  private int answerBytes;

  private boolean expectsTruth;

  /**
   * @param capacity in images, at least 1
   * @param classes K
   */
  public SegmentationWindow(int capacity, int classes) {
    this.classes = classes;
    this.outcomes = new LatestOutcomes<>(capacity);
    this.student = new ConfusionMatrix(classes);
    this.teacher = new ConfusionMatrix(classes);
    this.agreement = new ConfusionMatrix(classes);
  }

  @Override
  public void add(OriginalOutcome outcome) {
    PixelOutcome added = (PixelOutcome) outcome;
    boolean keepsAnswers = expectsTruth && added.answers() != null;
    put(added.with(keepsAnswers ? added.answers().pack() : null));
  }

  private void put(PixelOutcome added) {
    PixelOutcome replaced = outcomes.add(added);
    count(added, 1);
    if (replaced != null) {
      count(replaced, -1);
    }
    shrink();
  }

  private void shrink() {
    while (bytes > MOST_BYTES) {
      count(outcomes.removeOldest(), -1);
    }
    for (int i = 0; bytes + answerBytes > MOST_BYTES; i++) {
      forgetAnswers(i);
    }
  }

  /** Its pixels still count. */
  private void forgetAnswers(int index) {
    PixelOutcome outcome = outcomes.get(index);
    if (outcome.answers() != null) {
      answerBytes -= outcome.answers().writtenBytes();
      outcomes.set(index, outcome.with(null));
    }
  }

  private void replace(int index, PixelOutcome outcome) {
    count(outcomes.get(index), -1);
    outcomes.set(index, outcome);
    count(outcome, 1);
  }

  private void count(PixelOutcome outcome, int times) {
    outcome.addTo(student, teacher, agreement, times);
    bytes += times * outcome.writtenBytes();
    answerBytes += outcome.answers() == null ? 0 : times * outcome.answers().writtenBytes();
  }

  @Override
  public void expectTruth() {
    expectsTruth = true;
  }

  @Override
  public boolean remask(long image, ViewMask mask) {
    boolean isFound = false;
    for (int i = 0; i < size(); i++) {
      CellAnswers answers = outcomes.get(i).answers();
      if (answers != null && answers.image() == image) {
        replace(i, answers.outcome(mask, classes));
        isFound = true;
      }
    }
    shrink();
    return isFound;
  }

  @Override
  public void erase(LongPredicate image) {
    for (int i = 0; i < size(); i++) {
      CellAnswers answers = outcomes.get(i).answers();
      if (answers != null && image.test(answers.image())) {
        forgetAnswers(i);
      }
    }
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
  public SegmentationWindow newest(long taught) {
    int kept = outcomes.newest(taught);
    SegmentationWindow newest = new SegmentationWindow(Math.max(1, kept), classes);
    for (int i = size() - kept; i < size(); i++) {
      newest.add(outcomes.get(i));
    }
    return newest;
  }

  /** Share of the pixels with a class that the student named right. */
  @Override
  public OptionalDouble studentAccuracy() {
    return known(student.pixelAccuracy());
  }

  /** Share of the pixels for which student and teacher favour the same class. */
  @Override
  public OptionalDouble agreement() {
    return known(agreement.pixelAccuracy());
  }

  private static OptionalDouble known(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  @Override
  public Map<Measure, Double> measures() {
    Map<Measure, Double> measures = new EnumMap<>(Measure.class);
    measures.put(Measure.PREQUENTIAL_MEAN_IOU, student.meanIou());
    measures.put(Measure.PREQUENTIAL_PIXEL_ACCURACY, student.pixelAccuracy());
    measures.put(Measure.TEACHER_MEAN_IOU, teacher.meanIou());
    measures.put(Measure.TEACHER_AGREEMENT_MEAN_IOU, agreement.meanIou());
    measures.put(Measure.TEACHER_AGREEMENT_PIXELS, agreement.pixelAccuracy());
    measures.values().removeIf(value -> Double.isNaN(value));
    return measures;
  }

  /** Intersection over union of the student with the masks, by class. */
  @Override
  public double[] classScores(int k) {
    return k == classes ? student.iou() : new double[0];
  }

  /** Of pixels with a class. */
  @Override
  public Optional<long[][]> confusion(int k) {
    if (size() == 0 || k > EvaluationResult.MOST_CONFUSED_CLASSES) {
      return Optional.empty();
    }
    long[][] counts = new long[k][k];
    for (int truth = 0; truth < k; truth++) {
      for (int answer = 0; answer < k; answer++) {
        counts[truth][answer] = student.count(truth, answer);
      }
    }
    return Optional.of(counts);
  }

  /** {@inheritDoc} It has at most {@value #MOST_BYTES} bytes before base 64. */
  @Override
  public String save() {
    // Images that an earlier run kept: none is erased where no truth is expected any more.
    boolean hasAnswers = expectsTruth && answerBytes > 0;
    ByteArrayOutputStream saved = new ByteArrayOutputStream(bytes + answerBytes);
    try (DataOutputStream out = new DataOutputStream(saved)) {
      for (int i = 0; i < size(); i++) {
        outcomes.get(i).write(out);
        CellAnswers answers = outcomes.get(i).answers();
        if (hasAnswers) {
          out.writeBoolean(answers != null);
        }
        if (hasAnswers && answers != null) {
          answers.write(out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (hasAnswers ? FORM_WITH_ANSWERS : FORM)
        + Base64.getEncoder().encodeToString(saved.toByteArray());
  }

  @Override
  public void restore(String saved) {
    for (int i = 0; i < size(); i++) {
      count(outcomes.get(i), -1);
    }
    outcomes.clear();
    boolean hasAnswers = saved.startsWith(FORM_WITH_ANSWERS);
    if (!hasAnswers && !saved.startsWith(FORM)) {
      return;
    }
    byte[] written = Base64.getDecoder().decode(saved.substring(FORM.length()));
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
      while (in.available() > 0) {
        PixelOutcome outcome = PixelOutcome.read(in, classes);
        put(hasAnswers && in.readBoolean() ? outcome.with(CellAnswers.read(in)) : outcome);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
