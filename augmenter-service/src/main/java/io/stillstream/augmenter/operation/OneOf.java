package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.List;

/**
 * Applies exactly one of several operations: albumentations' OneOf. The {@code p} of an operation
 * is its weight; the chosen one is applied for certain.
 *
 * @param choices the operations, at least one of them with a weight above 0
 */
record OneOf(List<PolicyEntry> choices) implements AugmentationOperation {

  static AugmentationOperation parse(SettingsReader settings) {
    List<PolicyEntry> choices =
        OperationParser.parse(
            settings, true, "of which one is applied; the `p` of each is its weight");
    boolean complete = choices.size() == settings.elementCount(OperationParser.OPERATIONS);
    if (complete && !choices.isEmpty() && total(choices) == 0) {
      settings.reject(OperationParser.OPERATIONS, "must not all have the weight (p) 0");
    }
    return new OneOf(choices);
  }

  /** Takes one number for the choice, then those of the operation chosen. */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double left = random.nextDouble() * total(choices);
    PolicyEntry chosen = null;
    for (PolicyEntry choice : choices) {
      if (choice.probability() > 0) {
        chosen = choice; // the last one with a weight, should rounding leave something over
        left -= choice.probability();
        if (left < 0) {
          break;
        }
      }
    }
    chosen.operation().draw(random, recipe);
  }

  private static double total(List<PolicyEntry> choices) {
    return choices.stream().mapToDouble(PolicyEntry::probability).sum();
  }

  @Override
  public boolean mixes() {
    return choices.stream().anyMatch(PolicyEntry::mixes);
  }
}
