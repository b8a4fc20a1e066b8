package io.stillstream.local.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Policies by what users call them on the command line. */
public final class PolicyLoader {
  private static final String KEY = "policy";

  private PolicyLoader() {}

  /**
   * Reads a policy.
   *
   * @param nameOrFile a ready-made policy; or a file with a policy, or with settings of an
   *     augmenter, of which only what is below the key {@code policy} is read then
   * @param environment variables that may be named in the file
   * @throws StartupException naming the policy and everything that is wrong
   */
  public static Policy read(String nameOrFile, Map<String, String> environment) {
    return load(nameOrFile, environment).policy;
  }

  /** The same as it was written, without the defaults; it is a valid policy. */
  public static JsonNode tree(String nameOrFile, Map<String, String> environment) {
    return load(nameOrFile, environment).tree;
  }

  private record LoadedPolicy(JsonNode tree, Policy policy) {}

  private static LoadedPolicy load(String nameOrFile, Map<String, String> environment) {
    Path file = Path.of(nameOrFile);
    try {
      JsonNode tree =
          PolicyResolver.resolve(
              Files.isRegularFile(file)
                  ? YamlSettings.part(file, KEY, environment)
                  : TextNode.valueOf(nameOrFile));
      return new LoadedPolicy(tree, Policy.parse(tree));
    } catch (PolicyException e) {
      List<String> errors = e.errors();
      throw new StartupException(
          "bad policy "
              + nameOrFile
              + ":"
              + (errors.size() == 1 ? " " : "\n  ")
              + String.join("\n  ", errors),
          e);
    }
  }
}
