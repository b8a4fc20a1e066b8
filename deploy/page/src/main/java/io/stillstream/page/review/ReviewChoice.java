package io.stillstream.page.review;

import io.stillstream.schemas.ClassScore;
import java.util.List;

/**
 * A class that teacher or student favours.
 *
 * @param index of the class, from 0
 * @param p its probability, 0 to 1
 */
record ReviewChoice(int index, String name, double p) {
  private static final int TOP = 3;
  private static final int LONGEST_NAME = 500;

  static List<ReviewChoice> of(List<ClassScore> scores) {
    return scores.stream()
        .limit(TOP)
        .map(
            score ->
                new ReviewChoice(
                    score.getIndex(), name(score.getName()), share(score.getProbability())))
        .toList();
  }

  private static String name(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
  }

  /** To four digits; 0 for what is no number. */
  static double share(double value) {
    return Double.isFinite(value) ? Math.round(Math.max(0, Math.min(1, value)) * 1e4) / 1e4 : 0;
  }
}
