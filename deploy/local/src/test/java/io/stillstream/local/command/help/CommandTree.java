package io.stillstream.local.command.help;

import io.stillstream.local.StillstreamMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** All commands of the tool, as tests walk over them. */
final class CommandTree {
  private CommandTree() {}

  /** The commands below the tool, each after the one that it belongs to. */
  static List<CommandLine> all() {
    List<CommandLine> found = new ArrayList<>();
    addBelow(StillstreamMain.commandLine(), found);
    return found;
  }

  private static void addBelow(CommandLine command, List<CommandLine> found) {
    for (CommandLine each : command.getSubcommands().values()) {
      found.add(each);
      addBelow(each, found);
    }
  }

  /** As {@code stillstream topics list}. */
  static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  /** What {@code --help} prints. */
  static String help(CommandLine command) {
    StringWriter help = new StringWriter();
    command.usage(new PrintWriter(help, true));
    return help.toString();
  }
}
