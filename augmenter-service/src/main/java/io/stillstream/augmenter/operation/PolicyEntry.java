package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import java.util.Map;
import java.util.SortedMap;

/**
 * One element of a list of operations: an operation and how often it is applied.
 *
 * @param type what it does
 * @param probability probability that it is applied, 0 to 1
 * @param operation with the ranges of its values
 * @param settings every setting with its default filled in, {@code p} included, by name
 */
public record PolicyEntry(
    OperationType type,
    double probability,
    AugmentationOperation operation,
    SortedMap<String, Object> settings) {

  /** Whether it mixes a second image in. */
  public boolean mixes() {
    return operation.mixes();
  }

  /** Takes one number from the stream and, if it is below {@code p}, draws the operation. */
  public void draw(RandomStream random, RecipeBuilder recipe) {
    if (random.nextDouble() < probability) {
      operation.draw(random, recipe);
    }
  }

  /** The element as canonical JSON has it. */
  public Map<String, Object> tree() {
    return Map.of(type.operationName(), settings);
  }
}
