package io.stillstream.bench.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.policy.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The policies of the rows, files of this package. */
public final class BenchmarkPolicies {
  private static final YAMLMapper YAML = new YAMLMapper();

  private BenchmarkPolicies() {}

  /** The tree of a policy, as a configuration holds it. */
  public static JsonNode tree(String name) {
    try (InputStream file =
        BenchmarkPolicies.class.getResourceAsStream("policies/" + name + ".yaml")) {
      return YAML.readTree(Objects.requireNonNull(file, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Policy named(String name) {
    return Policy.parse(tree(name));
  }
}
