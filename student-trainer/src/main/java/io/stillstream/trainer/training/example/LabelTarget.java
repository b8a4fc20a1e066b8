package io.stillstream.trainer.training.example;

/**
 * The label of a view: one class, or two of which the first has {@code weight}.
 *
 * @param secondary equal to primary where there is one class only
 * @param weight 0 to 1
 */
public record LabelTarget(int primary, int secondary, float weight) {
  public static LabelTarget of(int label) {
    return new LabelTarget(label, label, 1);
  }

  /** Whether it names a single class. */
  public boolean isOneClass() {
    return primary == secondary;
  }

  /** The class that a prediction should name. */
  public int top() {
    return weight >= 0.5f ? primary : secondary;
  }
}
