package io.stillstream.student.training;

import java.util.Base64;
import java.util.OptionalDouble;

/**
 * How student and teacher did on the latest originals, each judged before it was trained on (Gama,
 * Sebastião and Rodrigues 2013).
 */
public final class PrequentialWindow {
  private static final int LABELLED = 1;
  private static final int STUDENT_RIGHT = 2;
  private static final int TAUGHT = 4;
  private static final int TEACHER_RIGHT = 8;
  private static final int AGREED = 16;

  private final byte[] outcomes;
  private int size;
  private int next;

  /**
   * @param capacity in images, at least 1
   */
  public PrequentialWindow(int capacity) {
    outcomes = new byte[capacity];
  }

  /** Judges the student's logits, {@code [k·index, k·(index+1))}, of one view. */
  void judge(View view, float[] logits, int index, int k) {
    int student = top(logits, index * k, k);
    int outcome = 0;
    if (view.logits() != null) {
      outcome |= TAUGHT | (top(view.logits(), 0, k) == student ? AGREED : 0);
    }
    if (view.target().isPresent()) {
      int label = view.target().get().top();
      outcome |= LABELLED | (label == student ? STUDENT_RIGHT : 0);
      if (view.logits() != null && top(view.logits(), 0, k) == label) {
        outcome |= TEACHER_RIGHT;
      }
    }
    add((byte) outcome);
  }

  private void add(byte outcome) {
    outcomes[next] = outcome;
    next = (next + 1) % outcomes.length;
    size = Math.min(size + 1, outcomes.length);
  }

  /** Images in the window. */
  public int size() {
    return size;
  }

  /** Share of labelled images that the student named right. */
  public OptionalDouble studentAccuracy() {
    return share(LABELLED, STUDENT_RIGHT);
  }

  /** Share of images with label and logits that the teacher named right. */
  public OptionalDouble teacherAccuracy() {
    return share(LABELLED | TAUGHT, TEACHER_RIGHT);
  }

  /** Share of images with logits on which student and teacher agree. */
  public OptionalDouble agreement() {
    return share(TAUGHT, AGREED);
  }

  private OptionalDouble share(int of, int what) {
    int all = 0;
    int hits = 0;
    for (int i = 0; i < size; i++) {
      if ((outcomes[i] & of) == of) {
        all++;
        hits += (outcomes[i] & what) == 0 ? 0 : 1;
      }
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits / all);
  }

  /** The outcomes, oldest first. */
  public String save() {
    byte[] ordered = new byte[size];
    for (int i = 0; i < size; i++) {
      ordered[i] = outcomes[Math.floorMod(next - size + i, outcomes.length)];
    }
    return Base64.getEncoder().encodeToString(ordered);
  }

  /** Takes up saved outcomes; the latest of them, if the window has become smaller. */
  public void restore(String saved) {
    size = 0;
    next = 0;
    for (byte outcome : Base64.getDecoder().decode(saved)) {
      add(outcome);
    }
  }

  private static int top(float[] values, int from, int length) {
    int top = from;
    for (int i = from + 1; i < from + length; i++) {
      if (values[i] > values[top]) {
        top = i;
      }
    }
    return top - from;
  }
}
