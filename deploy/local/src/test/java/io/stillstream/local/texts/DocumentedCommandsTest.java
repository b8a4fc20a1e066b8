package io.stillstream.local.texts;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.architecture.text.CommandLineChecker;
import io.stillstream.architecture.text.MarkdownText;
import io.stillstream.architecture.text.ProjectFiles;
import io.stillstream.architecture.text.ShellCommand;
import io.stillstream.architecture.text.ShellCommands;
import io.stillstream.local.StillstreamMain;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command line takes what the project's texts say; benchmarks have a test of their own. */
final class DocumentedCommandsTest {
  private static final String LAUNCHER = "deploy/stillstream";
  private static final String BENCHMARKS = "bench";

  @Test
  void shouldTakeTheCommandsInBlocks() throws Exception {
    // when
    List<ShellCommand> commands =
        ShellCommands.ofProject().stream()
            .filter(command -> command.startsWith("bash"))
            .filter(command -> command.words().get(1).endsWith("/stillstream"))
            .filter(command -> !command.words().get(2).equals(BENCHMARKS))
            .toList();
    List<String> refused = new ArrayList<>();
    for (ShellCommand command : commands) {
      check(command, 2, true, refused);
    }
    // then
    assertThat(commands).hasSizeGreaterThan(40);
    assertThat(refused).isEmpty();
  }

  @Test
  void shouldTakeTheCommandsInSentences() throws Exception {
    // when
    List<String> refused = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      checkAll(ShellCommands.inSentences(text, "stillstream"), 1, refused);
      checkAll(ShellCommands.inSentences(text, "bash " + LAUNCHER), 2, refused);
    }
    // then
    assertThat(refused).isEmpty();
  }

  private static void checkAll(
      List<ShellCommand> commands, int firstArgument, List<String> refused) {
    for (ShellCommand command : commands) {
      if (!command.words().get(firstArgument).equals(BENCHMARKS)) {
        check(command, firstArgument, false, refused);
      }
    }
  }

  private static void check(
      ShellCommand command, int firstArgument, boolean example, List<String> refused) {
    // Options keep the values of an earlier command line.
    new CommandLineChecker(StillstreamMain.commandLine())
        .fault(command, command.from(firstArgument), example)
        .ifPresent(fault -> refused.add(command + ": " + fault));
  }
}
