package io.stillstream.local;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.local.command.AclsCommand;
import io.stillstream.local.command.BrokerCommand;
import io.stillstream.local.command.DatasetStatisticsCommand;
import io.stillstream.local.command.DeadLettersCommand;
import io.stillstream.local.command.DemoCommand;
import io.stillstream.local.command.ForgetCommand;
import io.stillstream.local.command.IngestCommand;
import io.stillstream.local.command.LabelCommand;
import io.stillstream.local.command.ReleasesCommand;
import io.stillstream.local.command.ScenesCommand;
import io.stillstream.local.command.TopicsCommand;
import io.stillstream.local.command.TraceCommand;
import io.stillstream.local.command.policy.PolicyCommand;
import io.stillstream.local.command.policy.PreviewCommand;
import io.stillstream.local.command.policy.ReplayCommand;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.LibraryProperties;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line tools; {@code bash deploy/stillstream COMMAND} starts it. */
@Command(
    name = "stillstream",
    description = "Keeps a small image model fresh from a stream.",
    subcommands = {
      AclsCommand.class,
      BrokerCommand.class,
      DatasetStatisticsCommand.class,
      DeadLettersCommand.class,
      DemoCommand.class,
      ForgetCommand.class,
      IngestCommand.class,
      LabelCommand.class,
      PolicyCommand.class,
      PreviewCommand.class,
      ReleasesCommand.class,
      ReplayCommand.class,
      ScenesCommand.class,
      TopicsCommand.class,
      TraceCommand.class
    },
    scope = CommandLine.ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = StillstreamMain.Version.class)
public final class StillstreamMain {
  private StillstreamMain() {}

  public static void main(String[] args) {
    LibraryProperties.configure();
    System.exit(commandLine().execute(args));
  }

  public static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new StillstreamMain());
    return commands
        .setOut(TerminalWriter.of(commands.getOut()))
        .setErr(TerminalWriter.of(commands.getErr()))
        // Colours are control characters.
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(StillstreamMain::misused)
        .setExecutionExceptionHandler(StillstreamMain::failed);
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.printf("%s: %s%n", name, e.getMessage());
    err.println("Try '" + name + " --help'.");
    return ExitCodes.BAD_START;
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    String name = command.getCommandSpec().qualifiedName();
    if (e instanceof StartupException || e instanceof EmbeddedException) {
      command.getErr().printf("%s: %s%n", name, e.getMessage());
      return ExitCodes.BAD_START;
    }
    if (e instanceof CommandFailedException) {
      command.getErr().printf("%s: %s%n", name, e.getMessage());
      return ExitCodes.DIED;
    }
    throw e;
  }

  /** From the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = StillstreamMain.class.getPackage().getImplementationVersion();
      return new String[] {"stillstream " + (version == null ? "development" : version)};
    }
  }
}
