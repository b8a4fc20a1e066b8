package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.RandomStream;
import java.util.List;

/**
 * Applies several operations in order, each with its own {@code p}: albumentations' Sequential.
 *
 * @param parts the operations
 */
record Sequential(List<PolicyEntry> parts) implements AugmentationOperation {

  static AugmentationOperation parse(SettingsReader parameters) {
    return new Sequential(
        parameters.requiredOperations(
            SettingsReader.OPERATIONS, "applied in order, each with its own `p`"));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder draft) {
    parts.forEach(part -> part.draw(random, draft));
  }
}
