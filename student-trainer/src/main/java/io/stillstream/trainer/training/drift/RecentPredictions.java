package io.stillstream.trainer.training.drift;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The latest predictions of teacher and student for the same images. Distinguishes a teacher whose
 * labels changed from one that errs on images of another kind: of what the student takes for one
 * class, the first now calls a good part another, and the second only a few.
 */
final class RecentPredictions {
  private static final int SPAN = 250;
  private static final int LEAST = 5;

  /** One in so many. */
  private static final int SHARE = 4;

  private final Deque<double[]> pairs = new ArrayDeque<>();

  void add(int teacher, int student) {
    pairs.addLast(new double[] {teacher, student});
    if (pairs.size() > SPAN) {
      pairs.removeFirst();
    }
  }

  /**
   * Whether most disagreements on a class of the teacher are on images of other classes, to the
   * student, that the teacher now gives to it in good part.
   */
  boolean isRenamed(int teacher) {
    int differ = count(teacher, -1) - count(teacher, teacher);
    int renamed = 0;
    for (int student : pairs.stream().mapToInt(pair -> (int) pair[1]).distinct().toArray()) {
      int together = count(teacher, student);
      if (student != teacher && together >= LEAST && SHARE * together >= count(-1, student)) {
        renamed += together;
      }
    }
    return 2 * renamed > differ;
  }

  /** How many there are; −1 stands for any. */
  private int count(int teacher, int student) {
    return (int)
        pairs.stream()
            .filter(pair -> teacher < 0 || pair[0] == teacher)
            .filter(pair -> student < 0 || pair[1] == student)
            .count();
  }

  /** Teacher's and student's answers, oldest first. */
  List<double[]> save() {
    return List.copyOf(pairs);
  }

  void restore(List<double[]> saved) {
    pairs.clear();
    pairs.addAll(saved);
  }
}
