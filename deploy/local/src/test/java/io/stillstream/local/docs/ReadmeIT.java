package io.stillstream.local.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that a newcomer meets first: those of README.md. */
final class ReadmeIT {
  private static final Path TEXT = DocumentRunner.HOME.resolve("README.md");

  @TempDir private Path directory;

  @Test
  void shouldPrintWhatItSays() throws Exception {
    // given
    List<DocumentedStep> steps = DocumentedStep.of(Files.readAllLines(TEXT));
    assertThat(steps).extracting(DocumentedStep::runsOn).containsExactly(true, false);
    assertThat(steps).noneMatch(step -> step.output().isEmpty());

    // when, then: each prints what the text says, and the demo goes on
    Map<String, String> replacements = Map.of("target/demo", directory.resolve("demo").toString());
    try (DocumentRunner runner = new DocumentRunner(directory, replacements)) {
      runner.runAll(steps);
    }
  }
}
