package io.stillstream.local.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.exit.CommandFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFileTest {
  @TempDir Path directory;

  @Test
  void shouldNotReplaceAFileThatWasMadeMeanwhile() throws Exception {
    // given
    Path path = directory.resolve("out.yaml");
    OutputFile file = new OutputFile(path);
    file.requireWritable();
    file.requireAbsent();
    Files.writeString(path, "theirs");
    // when, then
    assertThatThrownBy(() -> file.create("mine"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("out.yaml exists by now; --overwrite replaces it");
    assertThat(path).hasContent("theirs");
  }

  @Test
  void shouldReplaceAFileAsAWhole() throws Exception {
    // given
    Path path = Files.writeString(directory.resolve("out.yaml"), "theirs");
    // when
    new OutputFile(path).replace("mine");
    // then
    assertThat(path).hasContent("mine");
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldSayThatAFileCannotBeWritten() {
    // when, then
    assertThatThrownBy(() -> new OutputFile(directory.resolve("absent/out.yaml")).create("mine"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("out.yaml cannot be written");
  }
}
