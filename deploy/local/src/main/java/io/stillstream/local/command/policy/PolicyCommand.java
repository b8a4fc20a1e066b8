package io.stillstream.local.command.policy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stillstream policy}. */
@Command(
    name = "policy",
    description = "Measures what an augmentation policy costs, and looks for a better one.",
    subcommands = {PolicyReportCommand.class, PolicyTuneCommand.class})
public final class PolicyCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing: report or tune");
  }
}
