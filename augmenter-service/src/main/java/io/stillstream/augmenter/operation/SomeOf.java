package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.List;

/**
 * Chooses several of a list of operations, all equally likely and none twice, and applies them in
 * the order of the list, each with its own {@code p}: albumentations 2's SomeOf without
 * replacement.
 *
 * @param choices the operations
 * @param fewest least number chosen, 0 to {@code most}
 * @param most largest number chosen, up to the number of operations
 */
record SomeOf(List<PolicyEntry> choices, int fewest, int most) implements AugmentationOperation {
  private static final String N = "n";
  private static final int MANY = 1_000;

  static AugmentationOperation parse(SettingsReader settings) {
    List<PolicyEntry> choices =
        OperationParser.parse(settings, true, "of which some are chosen, all equally likely");
    int[] n =
        NumberLists.integerInterval(
            settings,
            N,
            new int[] {1, 1},
            0,
            MANY,
            "how many are chosen; of [a, b] each number equally often");
    int given = settings.elementCount(OperationParser.OPERATIONS);
    if (given > 0 && n[1] > given) {
      settings.reject(N, "must not exceed the number of operations (" + given + ")");
    }
    return new SomeOf(choices, n[0], n[1]);
  }

  /**
   * Takes one number for how many, if that is a range. Then one for every operation up to the last
   * one chosen (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S), and behind the
   * number of an operation that was chosen those of the operation itself.
   */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    int wanted = fewest == most ? most : random.between(fewest, most);
    for (int i = 0; i < choices.size() && wanted > 0; i++) {
      if (random.nextDouble() * (choices.size() - i) < wanted) {
        wanted--;
        choices.get(i).draw(random, recipe);
      }
    }
  }

  @Override
  public boolean mixes() {
    return choices.stream().anyMatch(PolicyEntry::mixes);
  }
}
