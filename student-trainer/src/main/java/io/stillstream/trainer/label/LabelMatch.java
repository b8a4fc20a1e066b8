package io.stillstream.trainer.label;

/** What a label that came apart from its image found. Every label ends as one of the last four. */
public enum LabelMatch {
  /** Nothing yet: no view of its image has come. */
  WAITING,
  /** It came before the first view of its image, which took it along. */
  EARLY,
  /** It came after its image: views that wait or are in the buffer, or the window, got it. */
  LATE,
  /** Of its image only the teacher's class is left: it counts for the teacher's accuracy. */
  TEACHER,
  /**
   * Nothing of its image is left, or no view of it came in time, or another label replaced it
   * before one came.
   */
  UNMATCHED
}
