package io.stillstream.local.command.help;

import java.util.List;

/**
 * Commands that are shown together; each command is in one group.
 *
 * @param commands their names, in the order in which they are shown
 */
record CommandGroup(String heading, List<String> commands) {
  static final CommandGroup RUN = of("Try and run", "demo", "broker");

  /** In the order in which they are shown. */
  static final List<CommandGroup> ALL =
      List.of(
          RUN,
          of("Send images and labels", "ingest", "label", "dataset-statistics", "scenes"),
          of("Look at", "trace", "preview", "replay", "policy"),
          of("Change and repair", "releases", "dead-letters", "forget"),
          of("Administer", "topics", "acls", "completion"));

  private static CommandGroup of(String heading, String... commands) {
    return new CommandGroup(heading, List.of(commands));
  }
}
