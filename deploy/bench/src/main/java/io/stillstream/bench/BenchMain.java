package io.stillstream.bench;

import io.stillstream.bench.augmenter.AugmenterCommand;
import io.stillstream.bench.checkpoint.CheckpointCommand;
import io.stillstream.bench.labeler.TeacherCommand;
import io.stillstream.bench.ledger.LedgerCommand;
import io.stillstream.bench.load.LoadCommand;
import io.stillstream.bench.page.PageCommand;
import io.stillstream.bench.trainer.StudentCommand;
import io.stillstream.embedded.EmbeddedException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.LibraryProperties;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The benchmarks; {@code bash deploy/stillstream bench NAME} starts one. */
@Command(
    name = "stillstream bench",
    description = "Measures Stillstream against others, side by side in one run.",
    subcommands = {
      AugmenterCommand.class,
      TeacherCommand.class,
      StudentCommand.class,
      CheckpointCommand.class,
      LedgerCommand.class,
      PageCommand.class,
      LoadCommand.class
    },
    scope = CommandLine.ScopeType.INHERIT,
    mixinStandardHelpOptions = true)
public final class BenchMain {
  private static final int BAD_START = 2;
  private static final String LOGGING = "logback.configurationFile";

  private BenchMain() {}

  public static void main(String[] args) {
    LibraryProperties.configure();
    if (System.getProperty(LOGGING) == null) {
      System.setProperty(LOGGING, "io/stillstream/bench/logback-bench.xml");
    }
    System.exit(commandLine().execute(args));
  }

  public static CommandLine commandLine() {
    return new CommandLine(new BenchMain())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(BenchMain::misused)
        .setExecutionExceptionHandler(BenchMain::failed);
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + e.getMessage());
    err.println("Try '" + name + " --help'.");
    return BAD_START;
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    if (e instanceof StartupException || e instanceof EmbeddedException) {
      command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
      return BAD_START;
    }
    throw e;
  }
}
