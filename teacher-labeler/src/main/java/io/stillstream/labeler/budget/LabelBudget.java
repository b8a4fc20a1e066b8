package io.stillstream.labeler.budget;

/** Which images are worth a teacher's answer. Safe for use by several threads. */
public interface LabelBudget {
  /** A budget for all there is. */
  LabelBudget EVERYTHING = imageId -> true;

  /**
   * Whether the views of this image are to be labelled; if not they are passed over and flow on
   * without logits. All views of an image get the same answer while the budget stays the same, and
   * an image that is included stays so when the budget grows.
   */
  boolean includes(String imageId);
}
