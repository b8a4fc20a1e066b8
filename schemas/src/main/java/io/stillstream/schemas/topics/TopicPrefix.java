package io.stillstream.schemas.topics;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What stands before the default names of one pipeline: of its topics, its consumer groups, its
 * Kafka Streams application and its transactional ids. Pipelines with different prefixes share no
 * name, the empty prefix included. Kafka itself keeps topics apart whose names differ only in "."
 * and "_": brokers refuse to create the second one.
 *
 * @param text empty, or up to {@value #MAX_LENGTH} characters of those that Kafka permits in topics
 */
public record TopicPrefix(String text) {
  /** Kafka permits 249 characters; the rest is for names that are made of a default name. */
  static final int MAX_LENGTH = 200;

  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]*");

  /**
   * Checks the text.
   *
   * @throws IllegalArgumentException that begins with the key, "prefix", and names rule and value
   */
  public TopicPrefix {
    Objects.requireNonNull(text, "text");
    if (!LEGAL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "prefix must have only letters, digits, \".\", \"_\" and \"-\", was \"" + text + "\"");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "prefix must have at most %d characters, was %d".formatted(MAX_LENGTH, text.length()));
    }
    for (String ending : ambiguousEndings()) {
      if (text.endsWith(ending)) {
        throw new IllegalArgumentException(
            "prefix must not end with %s, was %s: its topics could be another pipeline's"
                .formatted(ending, text));
      }
    }
  }

  /** The name of this pipeline that has a default name. */
  public String nameOf(String defaultName) {
    return text + defaultName;
  }

  /** Whether a name may be one of this pipeline's default names. */
  public boolean isOf(String name) {
    return name.startsWith(text);
  }

  /** Texts that make one default name another, as "labeled-" does with "views". */
  private static List<String> ambiguousEndings() {
    List<String> names = Topics.catalogue().stream().map(TopicSpec::name).toList();
    return names.stream()
        .flatMap(
            longer ->
                names.stream()
                    .filter(name -> !name.equals(longer) && longer.endsWith(name))
                    .map(name -> longer.substring(0, longer.length() - name.length())))
        .toList();
  }
}
