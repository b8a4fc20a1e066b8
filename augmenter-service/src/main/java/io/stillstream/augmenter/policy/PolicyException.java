package io.stillstream.augmenter.policy;

import java.util.List;

/** Thrown for a policy that cannot be used; names everything that is wrong with it. */
public final class PolicyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Each "key: rule, was value", the key from {@code policy} on. */
  private final transient List<String> errors;

  /**
   * @param errors at least one
   */
  public PolicyException(List<String> errors) {
    super(String.join("\n", errors));
    this.errors = List.copyOf(errors);
  }

  /** Everything that is wrong, each "key: rule, was value", the key from {@code policy} on. */
  public List<String> errors() {
    return errors;
  }
}
