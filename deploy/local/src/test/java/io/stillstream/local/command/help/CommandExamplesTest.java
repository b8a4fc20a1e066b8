package io.stillstream.local.command.help;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.StillstreamMain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Each command has examples in its help, and picocli takes them as they stand there. */
final class CommandExamplesTest {
  private static final String HEADING = "\nExamples:\n";

  static Stream<String> commands() {
    return Stream.concat(
        Stream.of("stillstream"), CommandTree.all().stream().map(CommandTree::name));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldHaveExamplesThatCanBeParsed(String name) {
    // when
    List<String> examples = examples(CommandTree.help(command(name)));

    // then
    assertThat(examples).isNotEmpty();
    assertThat(examples)
        .allSatisfy(
            example -> {
              assertThat(example).startsWith(name + (name.equals("stillstream") ? " " : ""));
              assertThat(parsed(example)).startsWith(name);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldNameFilesOfTheRepositoryThatAreThere(String name) {
    assertThat(examples(CommandTree.help(command(name))))
        .flatExtracting(example -> Arrays.asList(example.split(" ", -1)))
        .filteredOn(word -> word.startsWith("deploy/"))
        .allSatisfy(file -> assertThat(Path.of("../..", file)).exists());
  }

  @Test
  void shouldNoticeAnExampleThatHasRotted() {
    assertThatThrownBy(() -> parsed("stillstream topics list --brokers localhost:9092"))
        .isInstanceOf(ParameterException.class);
    assertThatThrownBy(() -> parsed("stillstream preview --policy mild"))
        .isInstanceOf(ParameterException.class);
    assertThatThrownBy(() -> parsed("stillstream label --classes"))
        .isInstanceOf(ParameterException.class);
  }

  @Test
  void shouldJoinTheLinesOfAnExample() {
    assertThat(examples("Usage: x\n" + HEADING + "  x a \\\n      --b c\n  x d\n\nMore: e\n"))
        .containsExactly("x a --b c", "x d");
  }

  private static CommandLine command(String name) {
    CommandLine command = StillstreamMain.commandLine();
    for (String part : name.split(" ", -1)) {
      command = part.equals("stillstream") ? command : command.getSubcommands().get(part);
    }
    return command;
  }

  /** One in each line, or in several that end in a backslash; up to an empty line. */
  private static List<String> examples(String help) {
    assertThat(help).contains(HEADING);
    List<String> examples = new ArrayList<>();
    boolean goesOn = false;
    for (String line : help.substring(help.indexOf(HEADING) + HEADING.length()).split("\n", -1)) {
      if (line.isBlank()) {
        break;
      }
      String text = line.strip();
      String whole = goesOn ? examples.remove(examples.size() - 1) + text : text;
      goesOn = whole.endsWith("\\");
      examples.add(goesOn ? whole.substring(0, whole.length() - 1) : whole);
    }
    return examples;
  }

  /** The command that an example runs. */
  private static String parsed(String example) {
    String[] words = example.split(" > ", -1)[0].split(" ", -1);
    ParseResult result =
        StillstreamMain.commandLine().parseArgs(Arrays.copyOfRange(words, 1, words.length));
    while (result.hasSubcommand()) {
      result = result.subcommand();
    }
    return result.commandSpec().qualifiedName();
  }
}
