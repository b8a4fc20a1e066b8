package io.stillstream.bench.texts;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.architecture.text.CommandLineChecker;
import io.stillstream.architecture.text.MarkdownText;
import io.stillstream.architecture.text.ProjectFiles;
import io.stillstream.architecture.text.ShellCommand;
import io.stillstream.architecture.text.ShellCommands;
import io.stillstream.bench.BenchMain;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmarks take the options that the project's texts say. */
final class DocumentedBenchmarksTest {
  private static final String LAUNCHER = "bash deploy/stillstream bench";
  private static final String SHORT = "stillstream bench";

  @Test
  void shouldTakeTheCommandsOfTexts() throws Exception {
    // given
    List<ShellCommand> examples =
        ShellCommands.ofProject().stream()
            .filter(command -> command.startsWith(LAUNCHER.split(" ", -1)))
            .toList();
    List<ShellCommand> parts = new ArrayList<>();
    List<ShellCommand> shortParts = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      parts.addAll(ShellCommands.inSentences(text, LAUNCHER));
      shortParts.addAll(ShellCommands.inSentences(text, SHORT));
    }
    // when
    List<String> refused = new ArrayList<>();
    examples.forEach(command -> check(command, LAUNCHER, true, refused));
    parts.forEach(command -> check(command, LAUNCHER, false, refused));
    shortParts.forEach(command -> check(command, SHORT, false, refused));
    // then
    assertThat(examples).hasSizeGreaterThan(20);
    assertThat(parts).isNotEmpty();
    assertThat(refused).isEmpty();
  }

  private static void check(
      ShellCommand command, String program, boolean example, List<String> refused) {
    new CommandLineChecker(BenchMain.commandLine())
        .fault(command, command.from(program.split(" ", -1).length), example)
        .ifPresent(fault -> refused.add(command + ": " + fault));
  }
}
