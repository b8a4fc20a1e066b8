package io.stillstream.augmenter.policy;

import java.util.List;

/**
 * Applies several operations in order, each with its own {@code p}: albumentations' Sequential.
 *
 * @param parts the operations
 */
record Sequential(List<Entry> parts) implements Operation {

  static Operation parse(Parameters parameters) {
    return new Sequential(
        parameters.requiredOperations(
            Parameters.OPERATIONS, "applied in order, each with its own `p`"));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    parts.forEach(part -> part.draw(random, draft));
  }
}
