package io.stillstream.local.option;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.TopicPrefix;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option that says what stands before the default names of topics. */
public final class TopicsPrefixOption {
  @Option(
      names = "--topics-prefix",
      scope = ScopeType.INHERIT,
      paramLabel = "PREFIX",
      description = "Before the default names of topics; default: topics.prefix of --config.")
  private Optional<String> prefix = Optional.empty();

  /** Whether it is there. */
  public boolean isGiven() {
    return prefix.isPresent();
  }

  /**
   * The prefix.
   *
   * @param file that of {@code --config}
   * @throws StartupException if it cannot be one
   */
  public TopicPrefix over(TopicPrefix file) {
    try {
      return prefix.map(TopicPrefix::new).orElse(file);
    } catch (IllegalArgumentException e) {
      throw new StartupException("--topics-" + e.getMessage(), e);
    }
  }
}
