package io.stillstream.local.command.help;

import java.util.List;

/** Commands that are shown together; each command is in one group. */
enum CommandGroup {
  RUN("Try and run", "demo", "broker"),
  SEND("Send images and labels", "ingest", "label", "dataset-statistics", "scenes"),
  LOOK("Look at", "trace", "preview", "replay", "policy"),
  CHANGE("Change and repair", "releases", "dead-letters", "forget"),
  ADMINISTER("Administer", "topics", "acls", "completion");

  private final String heading;
  private final List<String> commands;

  CommandGroup(String heading, String... commands) {
    this.heading = heading;
    this.commands = List.of(commands);
  }

  String heading() {
    return heading;
  }

  /** Their names, in the order in which they are shown. */
  List<String> commands() {
    return commands;
  }
}
