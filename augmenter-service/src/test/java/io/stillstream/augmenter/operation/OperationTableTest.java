package io.stillstream.augmenter.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingDoc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The tables of docs/operations.md are made from the operations themselves; {@code
 * -Dreadme.update=true} writes them.
 */
final class OperationTableTest {
  private static final Path FILE = Path.of("docs/operations.md");
  private static final String BEGIN =
      "<!-- made by OperationTableTest, with -Dreadme.update=true; do not edit from here -->\n";
  private static final String END = "<!-- to here -->\n";
  private static final int DRAWS = 150;

  @Test
  void shouldMatchTheDocs() throws IOException {
    // given
    String text = Files.readString(FILE);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(end).as("both markers stand in the file").isGreaterThanOrEqualTo(begin);

    // when
    String tables = tables();
    if (Boolean.getBoolean("readme.update")) {
      text = text.substring(0, begin) + tables + text.substring(end);
      Files.writeString(FILE, text);
    }

    // then
    assertThat(text)
        .as("run this test with -Dreadme.update=true, which writes the tables")
        .contains(BEGIN + tables + END);
  }

  @Test
  void shouldReturnWhatEveryOperationAndSettingIs() {
    for (OperationType type : OperationType.values()) {
      assertThat(type.summary()).as(type.operationName()).endsWith(".");
      for (SettingDoc setting : RandomPolicyGenerator.settings(type)) {
        assertThat(setting.meaning()).as(type + " " + setting.name()).isNotBlank();
      }
    }
  }

  private static String tables() {
    StringBuilder text = new StringBuilder("\n## What each operation does\n\n");
    text.append("| operation | what it does | steps in recipes |\n");
    text.append("|---|---|---|\n");
    for (OperationType type : OperationType.values()) {
      text.append(row("`" + type.operationName() + "`", type.summary(), steps(type)));
    }
    text.append("\n## Settings of each operation\n\n");
    text.append("| operation | setting | form | range | default | meaning |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (OperationType type : OperationType.values()) {
      for (SettingDoc setting : RandomPolicyGenerator.settings(type)) {
        boolean common = setting.name().equals("p") && setting.defaultValue().equals("1");
        if (!common) {
          text.append(
              row(
                  "`" + type.operationName() + "`",
                  "`" + setting.name() + "`",
                  setting.form(),
                  setting.range(),
                  defaultValue(setting),
                  setting.meaning()));
        }
      }
    }
    text.append(
        row("all others", "`p`", "number", "0 to 1", "`1`", "probability that it is applied"));
    return text.append('\n').toString();
  }

  private static String defaultValue(SettingDoc setting) {
    if (setting.defaultValue() == null) {
      return "required";
    }
    return setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
  }

  private static String row(String... cells) {
    return List.of(cells).stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /**
   * What steps an operation writes, found by drawing from it; values that are not always there in (
   * ).
   */
  private static String steps(OperationType type) {
    boolean composed =
        RandomPolicyGenerator.settings(type).stream()
            .anyMatch(setting -> setting.form().equals("list of operations"));
    if (composed) {
      return "those of its operations";
    }
    Map<String, Map<String, Integer>> values = new TreeMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    RandomPolicyGenerator policies = new RandomPolicyGenerator(1);
    RandomStream random = RandomStream.of(1);
    for (int i = 0; i < DRAWS; i++) {
      PolicyEntry entry =
          new OperationParser(new ArrayList<>(), 2)
              .read("x", policies.element(type, 0))
              .orElseThrow();
      if (entry.operation() instanceof MixOperation) {
        return "none: the recipe's `mix`";
      }
      RecipeBuilder recipe =
          new RecipeBuilder(new ImageSize(40, 60), GeometricOperation::sizeAfter);
      entry.operation().draw(random, recipe);
      for (RecipeStep step : recipe.steps()) {
        counts.merge(step.name(), 1, Integer::sum);
        Map<String, Integer> counted = values.computeIfAbsent(step.name(), name -> new TreeMap<>());
        step.values().keySet().stream()
            .map(key -> key.replaceAll("_\\d+$", "_i"))
            .distinct()
            .forEach(key -> counted.merge(key, 1, Integer::sum));
      }
    }
    return values.entrySet().stream()
        .map(step -> "`" + step.getKey() + "`" + values(step.getValue(), counts.get(step.getKey())))
        .collect(Collectors.joining("; "));
  }

  private static String values(Map<String, Integer> counted, int steps) {
    return counted.isEmpty()
        ? ""
        : counted.entrySet().stream()
            .map(value -> value.getValue() < steps ? "(" + value.getKey() + ")" : value.getKey())
            .collect(Collectors.joining(", ", " ", ""));
  }
}
