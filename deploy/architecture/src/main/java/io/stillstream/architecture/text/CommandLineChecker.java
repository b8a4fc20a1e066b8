package io.stillstream.architecture.text;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Whether a command line program takes the arguments that a text shows. */
public final class CommandLineChecker {
  private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z]+[A-Z…,:]*|…|NAME\\|FILE");

  private final CommandLine program;

  public CommandLineChecker(CommandLine program) {
    this.program = program;
  }

  /**
   * What is wrong with the arguments: parsed as the program does if they are an example; in a
   * synopsis, and where a sentence names a part of a command, the options have to exist.
   */
  public Optional<String> fault(ShellCommand command, List<String> arguments, boolean example) {
    return example && !command.isSynopsis() ? parse(arguments) : names(arguments);
  }

  private Optional<String> parse(List<String> arguments) {
    try {
      CommandLine.ParseResult parsed = program.parseArgs(arguments.toArray(new String[0]));
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      return runs(parsed.commandSpec().userObject())
              || parsed.isUsageHelpRequested()
              || parsed.isVersionHelpRequested()
          ? Optional.empty()
          : Optional.of("lacks a subcommand");
    } catch (ParameterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** A command is a class or a method. */
  private static boolean runs(Object command) {
    return command instanceof Runnable || command instanceof Callable || command instanceof Method;
  }

  private Optional<String> names(List<String> arguments) {
    CommandLine command = program;
    boolean value = false;
    for (String argument : arguments) {
      String word = argument.replaceAll("[\\[\\]]", "");
      if (value && !word.startsWith("-")) {
        value = false;
      } else if (word.startsWith("-")) {
        OptionSpec option = command.getCommandSpec().findOption(word.split("=", 2)[0]);
        if (option == null) {
          return Optional.of("no option " + word);
        }
        value = option.arity().min() > 0 && !word.contains("=");
      } else if (command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      } else if (command.getCommandSpec().positionalParameters().isEmpty()
          && !PLACEHOLDER.matcher(word).matches()) {
        return Optional.of("no argument " + word);
      }
    }
    return Optional.empty();
  }
}
