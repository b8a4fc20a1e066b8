package io.stillstream.containers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaTestEnvironmentTest {
  @Test
  void shouldNameTheKindsThatThereAre(@TempDir Path directory) {
    // given: a misspelt property must not quietly mean embedded
    String kind = "container";

    // then
    assertThatThrownBy(() -> KafkaTestEnvironment.start(kind, directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stillstream.test-environment: must be embedded or containers, was container");
  }
}
