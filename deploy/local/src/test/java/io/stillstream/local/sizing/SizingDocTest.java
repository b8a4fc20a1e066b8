package io.stillstream.local.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.YamlSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The figures of deploy/docs/sizing.md are what the formulas give. */
class SizingDocTest {
  private static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();

  @Test
  void shouldHaveTheFiguresOfTheFormulas() throws Exception {
    // given
    TopicsConfig topics =
        YamlSettings.load(DEPLOY.resolve("config/topics.yaml"), TopicsConfig.class, Map.of());
    List<String> tables = new SizingTables(topics).all();

    // when
    String documented =
        Files.readAllLines(DEPLOY.resolve("docs/sizing.md")).stream()
            .filter(line -> line.startsWith("|"))
            .map(line -> line + "\n")
            .collect(Collectors.joining());

    // then
    assertThat(documented)
        .as("the tables of deploy/docs/sizing.md should be:%n%n%s", String.join("\n", tables))
        .isEqualTo(String.join("", tables));
  }
}
