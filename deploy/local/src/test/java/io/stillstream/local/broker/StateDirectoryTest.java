package io.stillstream.local.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path directory;

  @Test
  void shouldBelongToOneDemoAtATime() {
    // given
    try (StateDirectory first = StateDirectory.open(directory)) {
      // when, then
      assertThat(first.root()).isEqualTo(directory);
      assertThatThrownBy(() -> StateDirectory.open(directory))
          .isInstanceOf(StartupException.class)
          .hasMessage("--dir: another demo or broker is running in " + directory);
    }
    try (StateDirectory next = StateDirectory.open(directory)) {
      assertThat(next.kafka()).isEqualTo(directory.resolve("kafka"));
    }
  }

  @Test
  void shouldRefuseWhatIsNoDirectory() throws Exception {
    // given
    Path file = Files.createFile(directory.resolve("file"));
    // when, then
    assertThatThrownBy(() -> StateDirectory.open(file))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--dir: " + file + " cannot be written");
  }
}
