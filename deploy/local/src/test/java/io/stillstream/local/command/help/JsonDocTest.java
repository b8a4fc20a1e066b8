package io.stillstream.local.command.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document of JSON has a row for each command that prints some. */
final class JsonDocTest {
  private static final Pattern COMMAND = Pattern.compile("`([a-z -]+)`");

  @Test
  void shouldDocumentEachCommandThatPrintsJson() throws IOException {
    // given
    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("docs/json.md"))) {
      if (line.startsWith("| `")) {
        String cell = line.substring(0, line.indexOf('|', 1));
        COMMAND
            .matcher(cell)
            .results()
            .forEach(name -> documented.add("stillstream " + name.group(1)));
      }
    }

    // when
    Set<String> able = new TreeSet<>();
    CommandTree.all().stream()
        .filter(command -> command.getCommandSpec().findOption("--json") != null)
        .forEach(command -> able.add(CommandTree.name(command)));

    // then
    assertThat(able).hasSizeGreaterThan(10);
    assertThat(documented).isEqualTo(able);
  }
}
