package io.stillstream.local.command.help;

import io.stillstream.local.exit.ExitCodes;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code stillstream completion bash|zsh}. */
@Command(
    name = "completion",
    header = "Prints a script for completion in a shell.",
    description = {
      "The script also defines the function stillstream, which starts this launcher, if there is",
      "no command of that name."
    },
    footer = {
      "  stillstream completion bash > ~/.stillstream-completion",
      "  stillstream completion zsh > ~/.stillstream-completion"
    })
public final class CompletionCommand {
  private static final String TOOL = "stillstream";

  @Spec private CommandSpec spec;

  @Command(
      name = "bash",
      description = "For bash; to be sourced in ~/.bashrc.",
      footer = "  stillstream completion bash > ~/.stillstream-completion")
  int bash() {
    return print();
  }

  @Command(
      name = "zsh",
      description = "For zsh, by its bashcompinit; to be sourced in ~/.zshrc.",
      footer = "  stillstream completion zsh > ~/.stillstream-completion")
  int zsh() {
    return print();
  }

  /** One script for both: it finds out which shell reads it. */
  private int print() {
    CommandLine tool = new CommandLine(CompletionSpec.of(spec.root()));
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(TOOL, tool));
    Path launcher = Path.of(System.getProperty("stillstream.home", "")).resolve("deploy/" + TOOL);
    if (Files.isRegularFile(launcher)) {
      out.print(function(launcher.toAbsolutePath().normalize()));
    }
    out.flush();
    return ExitCodes.OK;
  }

  /** A path may hold anything but a quote that is not escaped. */
  private static String function(Path launcher) {
    String quoted = "'" + launcher.toString().replace("'", "'\\''") + "'";
    return "%ncommand -v %s >/dev/null || %s() { bash %s \"$@\"; }%n".formatted(TOOL, TOOL, quoted);
  }
}
