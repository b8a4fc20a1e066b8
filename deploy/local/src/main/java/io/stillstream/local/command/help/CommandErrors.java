package io.stillstream.local.command.help;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a command says when it fails, in one form: {@code stillstream COMMAND: MESSAGE}. The message
 * says what is wrong, where, and as a rule what to do.
 */
public final class CommandErrors {
  private CommandErrors() {}

  /** Has the tool and all its commands fail in this way. */
  public static void install(CommandLine tool) {
    tool.setParameterExceptionHandler(CommandErrors::misused);
    tool.setExecutionExceptionHandler(CommandErrors::failed);
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    tell(command, problem(e));
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCodes.BAD_START;
  }

  private static String problem(ParameterException e) {
    CommandLine command = e.getCommandLine();
    boolean hasCommands = !command.getSubcommands().isEmpty();
    if (e instanceof UnmatchedArgumentException unmatched) {
      String message =
          hasCommands && !unmatched.isUnknownOption()
              ? "there is no command " + unmatched.getUnmatched().get(0)
              : e.getMessage();
      List<String> near = unmatched.getSuggestions();
      return near.isEmpty() ? message : message + "; did you mean " + near.get(0) + "?";
    }
    // No option and no parameter is concerned, so it is the subcommand that picocli misses.
    return hasCommands && e.getClass() == ParameterException.class && e.getArgSpec() == null
        ? "a subcommand is missing: " + String.join(", ", command.getSubcommands().keySet())
        : e.getMessage();
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof StartupException || e instanceof EmbeddedException) {
      tell(command, e.getMessage());
      return ExitCodes.BAD_START;
    }
    if (!(e instanceof CommandFailedException)) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace, true));
      command.getErr().print(trace);
      tell(command, "unexpected error: " + e + "; please report it with the lines above");
      return ExitCodes.DIED;
    }
    tell(command, e.getMessage());
    return ExitCodes.DIED;
  }

  private static void tell(CommandLine command, String problem) {
    // Messages about files list their problems in lines of their own.
    TerminalWriter err = TerminalWriter.of(command.getErr());
    err.print(MessageStyle.ERROR, command.getCommandSpec().qualifiedName() + ":");
    err.printf(" %s%n", problem);
  }
}
