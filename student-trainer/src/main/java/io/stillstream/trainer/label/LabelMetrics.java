package io.stillstream.trainer.label;

/** Metrics of labels that come apart from their images; docs/metrics.md has names and alerts. */
public interface LabelMetrics {
  /** A label has found that; never called for {@link LabelMatch#WAITING}. */
  void matched(LabelMatch match);

  /**
   * The table of truths is like this now.
   *
   * @param waiting labels whose image has not come
   * @param compared images with a class that came apart, and the teacher's class for view 0
   * @param teacherRight of them, those for which both are the same
   */
  void joined(int waiting, int compared, int teacherRight);
}
