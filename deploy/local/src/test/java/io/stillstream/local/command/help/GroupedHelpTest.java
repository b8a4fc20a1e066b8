package io.stillstream.local.command.help;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import io.stillstream.local.exit.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class GroupedHelpTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"", "--help"})
  void shouldShowCommandsInGroups(String argument) {
    // when
    int code = argument.isEmpty() ? run() : run(argument);

    // then
    assertThat(code).isZero();
    assertThat(out.toString())
        .containsSubsequence(
            "Try and run:\n  demo                Runs the whole pipeline in one process.\n",
            "  bench               Measures",
            "Send images and labels:\n  ingest ",
            "Look at:\n  trace ",
            "Change and repair:\n  releases ",
            "Administer:\n  topics ",
            "Examples:\n  stillstream demo\n");
  }

  @Test
  void shouldHaveEachCommandInOneGroup() {
    assertThat(CommandGroup.ALL.stream().flatMap(group -> group.commands().stream()))
        .containsExactlyInAnyOrderElementsOf(
            StillstreamMain.commandLine().getSubcommands().keySet());
  }

  @Test
  void shouldFitIntoEightyColumns() {
    assertThat(CommandTree.all())
        .allSatisfy(
            command ->
                assertThat(CommandTree.help(command).lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80)));
    assertThat(CommandTree.help(StillstreamMain.commandLine()).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void shouldSayInTheReadmeWhatHelpSays() throws IOException {
    // given
    Map<String, String> documented = new TreeMap<>();
    for (MatchResult row :
        Pattern.compile("(?m)^\\| \\[`([^`]+)`\\]\\((?:docs/|#)[^)]+\\) \\| ([^|]+) \\|")
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .toList()) {
      documented.put("stillstream " + row.group(1), row.group(2));
    }

    // when
    Map<String, String> printed = new TreeMap<>();
    for (CommandLine command : CommandTree.all()) {
      String[] header = command.getCommandSpec().usageMessage().header();
      if (header.length > 0 && !CommandTree.name(command).equals("stillstream policy")) {
        printed.put(CommandTree.name(command), sentence(header[0]));
      }
    }

    // then
    assertThat(documented).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topcs | stillstream: there is no command topcs; did you mean topics?",
        "lable x | stillstream: there is no command lable; did you mean label?",
        "zzz | stillstream: there is no command zzz",
        "topics | stillstream topics: a subcommand is missing: create, list",
        "releases promot | stillstream releases: there is no command promot; did you mean promote?",
        "topics list --bootstrapserver=x | stillstream topics list: Unknown option: "
            + "'--bootstrapserver=x'; did you mean --bootstrap-server?",
        "topics --partitions no list | stillstream topics: Invalid value for option "
            + "'--partitions': 'no' is not an int"
      })
  void shouldSayWhatWasMeant(String arguments, String message) {
    // when
    int code = run(arguments.split(" "));

    // then
    assertThat(code).isEqualTo(ExitCodes.BAD_START);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines().findFirst()).hasValue(message);
    assertThat(err.toString().lines().skip(1))
        .hasSize(1)
        .allMatch(line -> line.matches("Try 'stillstream.* --help'\\."));
  }

  /** One name means one thing: where two commands have an option, it takes the same. */
  @Test
  void shouldCallTheSameThingsTheSame() {
    // given
    Map<String, List<String>> labels = new TreeMap<>();
    for (CommandLine command : CommandTree.all()) {
      command
          .getCommandSpec()
          .options()
          .forEach(
              option -> {
                List<String> known =
                    labels.computeIfAbsent(option.longestName(), name -> new ArrayList<>());
                String label = option.arity().max() == 0 ? "" : option.paramLabel();
                if (!known.contains(label)) {
                  known.add(label);
                }
              });
    }

    // then
    assertThat(labels)
        .contains(
            Map.entry("--bootstrap-server", List.of("HOST:PORT")),
            Map.entry("--schema-registry", List.of("URL")),
            Map.entry("--config", List.of("FILE")),
            Map.entry("--topics-prefix", List.of("PREFIX")),
            Map.entry("--url", List.of("URL")),
            Map.entry("--json", List.of("")),
            Map.entry("--directory", List.of("DIR")),
            Map.entry("--topic", List.of("TOPIC")));
    labels.values().removeIf(each -> each.size() == 1);
    // A student is known by its name where it runs, and by its directory where it is read; a
    // command writes one file, or several into a directory; demo counts images.
    assertThat(labels.keySet()).containsExactly("--out", "--student");
  }

  private static String sentence(String header) {
    return header.substring(0, 1).toLowerCase(Locale.ROOT)
        + header.substring(1).replaceFirst("\\.$", "");
  }

  private int run(String... arguments) {
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
