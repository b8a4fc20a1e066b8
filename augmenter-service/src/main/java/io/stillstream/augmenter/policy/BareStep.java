package io.stillstream.augmenter.policy;

/**
 * An operation without values.
 *
 * @param step name of its step in recipes
 */
record BareStep(String step) implements Operation {

  @Override
  public void draw(RandomStream random, Draft draft) {
    draft.add(Step.of(step));
  }
}
