package io.stillstream.local.command.help;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of the tool as a whole: its commands in groups, with one line each. */
public final class GroupedHelp {
  private static final String ROW = "  %-20s%s%n";
  private static final String BENCH = "Measures Stillstream; see deploy/stillstream bench --help.";

  private GroupedHelp() {}

  /**
   * Gives it to the tool; commands keep their own help.
   *
   * @param tool with its commands
   */
  public static void install(CommandLine tool) {
    UsageMessageSpec usage = tool.getCommandSpec().usageMessage();
    // The command's own map: CommandLine.setHelpSectionMap would change that of all commands.
    Map<String, CommandLine.IHelpSectionRenderer> sections = new HashMap<>(usage.sectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, GroupedHelp::commands);
    usage.sectionMap(sections);
    usage.footer(
        "  stillstream demo",
        "  stillstream ingest photos/ --bootstrap-server localhost:9092",
        "  stillstream topics list --json",
        "",
        "Exit codes: 0 done; 1 failed, or views differ; 2 not started; 3 done in part.",
        "'stillstream COMMAND --help' tells more.");
  }

  private static String commands(Help help) {
    StringBuilder text = new StringBuilder();
    for (CommandGroup group : CommandGroup.ALL) {
      text.append("%n%s:%n".formatted(group.heading()));
      for (String name : group.commands()) {
        String[] header = help.subcommands().get(name).commandSpec().usageMessage().header();
        text.append(ROW.formatted(name, String.join(" ", header)));
      }
      if (group.equals(CommandGroup.RUN)) {
        text.append(ROW.formatted("bench", BENCH));
      }
    }
    return text.toString();
  }
}
