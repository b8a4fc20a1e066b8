package io.stillstream.local.preview;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.embedded.pipeline.PipelineDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyLoaderTest {
  @TempDir private Path directory;

  @Test
  void shouldBeWhatPipelinesHaveByDefault() throws IOException {
    assertThat(withOperations(PipelineDescription.MILD_OPERATIONS).hash())
        .isEqualTo(PolicyResolver.load("fashion-mnist-mild").hash());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fashion-mnist-mild", "trivial-augment", "funmatch"})
  void shouldGiveOperationsAsTheyWereWritten(String name) throws IOException {
    // given
    JsonNode written = PolicyLoader.tree(name, Map.of()).get("operations");

    // then
    assertThat(operations(withOperations(written.toString())))
        .isEqualTo(operations(PolicyLoader.read(name, Map.of())));
  }

  private static JsonNode operations(Policy policy) throws IOException {
    return new ObjectMapper().readTree(policy.canonicalJson()).get("operations");
  }

  /** A policy for Fashion-MNIST with these operations, as in an augmenter's settings. */
  private Policy withOperations(String operations) throws IOException {
    Path file = directory.resolve("augmenter.yaml");
    Files.writeString(
        file,
        """
        policy:
          seed: 42
          views: 4
          output: {height: 28, width: 28, channels: 1}
          encoding: raw
          operations: %s
        """
            .formatted(operations));
    return PolicyLoader.read(file.toString(), Map.of());
  }
}
