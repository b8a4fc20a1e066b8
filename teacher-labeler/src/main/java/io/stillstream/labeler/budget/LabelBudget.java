package io.stillstream.labeler.budget;

/** Decides which images are labelled. Safe for use by several threads. */
public interface LabelBudget {
  /** Labels every image. */
  LabelBudget EVERYTHING = imageId -> true;

  /**
   * Whether the views of this image are to be labelled; if not they are written without logits. All
   * views of an image get the same result while the budget stays the same, and an image that is
   * included stays so when the budget grows.
   */
  boolean includes(String imageId);
}
