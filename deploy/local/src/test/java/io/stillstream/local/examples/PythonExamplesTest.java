package io.stillstream.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What of {@code deploy/examples/python} can be seen without Python. */
final class PythonExamplesTest {
  private static final int MOST_LINES = 60;
  private static final int LONGEST_LINE = 120;

  @Test
  void shouldHaveShortFiles() throws IOException {
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThan(5);
    for (Path file : files) {
      assertThat(Files.readAllLines(file))
          .as("%s", file)
          .hasSizeLessThanOrEqualTo(MOST_LINES)
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(LONGEST_LINE));
    }
  }

  /** Each has a test: {@link PythonExamplesIT} runs what uses Kafka, and so on. */
  @Test
  void shouldHaveATestForEveryCommandOfTheReadme() throws IOException {
    assertThat(
            ExampleCommands.readme().stream()
                .filter(line -> line.matches("    (apt-get|bash|curl|pip|python3) .*")))
        .map(String::strip)
        .containsExactly(
            ExampleCommands.DEBIAN,
            ExampleCommands.PYPI,
            ExampleCommands.DEMO,
            ExampleCommands.PRODUCE,
            ExampleCommands.READ,
            ExampleCommands.SERVE,
            ExampleCommands.PREDICT,
            ExampleCommands.FOLLOW,
            ExampleCommands.LABEL);
  }

  @Test
  void shouldInstallWhatTestsHave() throws IOException {
    assertThat("apt-get install " + ExternalTool.PYTHON_EXAMPLES.packages())
        .isEqualTo(
            ExampleCommands.DEBIAN.replace("python3-yaml", "python3-venv python3-yaml") + " curl");
    assertThat(Files.readString(Path.of("../containers/python-examples/install")))
        .contains("examples=$(cd \"$here/../../examples/python\" && pwd)")
        .contains("install -q --only-binary :all: -r \"$examples/requirements.txt\"");
    assertThat(ExampleCommands.PYPI).endsWith(" -r deploy/examples/python/requirements.txt");
  }

  @Test
  void shouldTellOfEveryProgram() throws IOException {
    List<String> lines = ExampleCommands.readme();
    for (Path file : files()) {
      if (Files.readString(file).contains("__name__ == \"__main__\"")) {
        assertThat(lines)
            .anyMatch(
                line -> line.contains("python3 deploy/examples/python/" + file.getFileName()));
      }
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(PythonPrograms.DIRECTORY)) {
      return files.filter(file -> file.toString().endsWith(".py")).sorted().toList();
    }
  }
}
