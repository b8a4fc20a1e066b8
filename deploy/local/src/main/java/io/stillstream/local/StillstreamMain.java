package io.stillstream.local;

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
import io.stillstream.local.command.help.CommandErrors;
import io.stillstream.local.command.help.CompletionCommand;
import io.stillstream.local.command.help.GroupedHelp;
import io.stillstream.local.command.policy.PolicyCommand;
import io.stillstream.local.command.policy.PreviewCommand;
import io.stillstream.local.command.policy.ReplayCommand;
import io.stillstream.local.terminal.TerminalStreams;
import io.stillstream.runtime.service.LibraryProperties;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line tools; {@code bash deploy/stillstream COMMAND} starts it. */
@Command(
    name = "stillstream",
    description = "Keeps a small image model fresh from a stream.",
    subcommands = {
      AclsCommand.class,
      BrokerCommand.class,
      CompletionCommand.class,
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
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    versionProvider = StillstreamMain.Version.class)
public final class StillstreamMain implements Runnable {
  // Picocli knows it by this; what it says is read before the options, see TerminalStreams.
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = TerminalStreams.NO_COLOR,
      scope = ScopeType.INHERIT,
      description = "No colours on a terminal either; as NO_COLOR in the environment.")
  private boolean noColor;

  @Spec private CommandSpec spec;

  private StillstreamMain() {}

  public static void main(String[] args) {
    LibraryProperties.configure();
    TerminalStreams streams =
        TerminalStreams.of(System.getProperties(), System.getenv(), List.of(args));
    System.exit(commandLine(streams).execute(args));
  }

  /** The tool, for output that no terminal shows. */
  public static CommandLine commandLine() {
    return commandLine(TerminalStreams.NONE);
  }

  static CommandLine commandLine(TerminalStreams streams) {
    CommandLine tool = new CommandLine(new StillstreamMain());
    GroupedHelp.install(tool);
    CommandErrors.install(tool);
    return tool.setOut(streams.out(tool.getOut()))
        .setErr(streams.err(tool.getErr()))
        // Help has no colours, and no text of an option can bring control characters.
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Without a command, the help. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** From the jar's manifest, where the build writes it. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = StillstreamMain.class.getPackage().getImplementationVersion();
      return new String[] {"stillstream " + (version == null ? "development" : version)};
    }
  }
}
