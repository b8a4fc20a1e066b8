package io.stillstream.trainer.label;

/**
 * What is known of an image, besides its mask. Immutable.
 *
 * @param number how many images had come into the table before; a view takes an image to the end
 *     that only a label has been there for
 * @param own class that came with the image's first view; −1 for none
 * @param late class that came apart; −1 for none
 * @param teacher class that the teacher favours for view 0; −1 if it is not known
 * @param seen whether a view has come
 */
record KnownImage(long number, int own, int late, int teacher, boolean seen) {
  static final int NONE = -1;

  /** An image of which nothing is known yet. */
  static KnownImage begin(long number) {
    return new KnownImage(number, NONE, NONE, NONE, false);
  }

  /** Its first view has come. */
  KnownImage seen(long at, int ownLabel) {
    return new KnownImage(at, ownLabel, late, teacher, true);
  }

  /** A view has come some time ago. */
  KnownImage seenBefore() {
    return seen ? this : new KnownImage(number, own, late, teacher, true);
  }

  KnownImage withLate(int label) {
    return new KnownImage(number, own, label, teacher, seen);
  }

  KnownImage withTeacher(int answered) {
    return teacher == answered ? this : new KnownImage(number, own, late, answered, seen);
  }

  /** Whether there is a class that came apart, and the teacher's to compare it with. */
  boolean isCompared() {
    return late != NONE && teacher != NONE;
  }

  /** Whether they are the same; only if it {@link #isCompared}. */
  boolean isTeacherRight() {
    return isCompared() && late == teacher;
  }
}
