package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.List;

/**
 * Applies several operations in order, each with its own {@code p}: albumentations' Sequential.
 *
 * @param parts the operations
 */
record Sequential(List<PolicyEntry> parts) implements AugmentationOperation {

  static AugmentationOperation parse(SettingsReader settings) {
    return new Sequential(
        OperationParser.parse(settings, true, "applied in order, each with its own `p`"));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    parts.forEach(part -> part.draw(random, recipe));
  }

  @Override
  public boolean mixes() {
    return parts.stream().anyMatch(PolicyEntry::mixes);
  }
}
