package io.stillstream.local.command.policy;

import picocli.CommandLine.Command;

/** {@code stillstream policy}. */
@Command(
    name = "policy",
    header = "Measures what a policy costs, and makes it milder.",
    description = "Measures what an augmentation policy costs, and looks for a milder one.",
    subcommands = {PolicyReportCommand.class, PolicyTuneCommand.class},
    footer = {
      "  stillstream policy report --config deploy/config/trainer.yaml",
      "  stillstream policy tune --policy policy.yaml --teacher teacher/ \\",
      "      --dataset photos/ --out tuned.yaml"
    })
public final class PolicyCommand {}
