package io.stillstream.local.policy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.policy.report.PolicyReport.ComparedStudent;
import io.stillstream.local.texts.OutputForm;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The example in docs/policy-report.md has the form of what {@code policy report} prints. */
final class PolicyReportDocTest {

  @Test
  void shouldHaveTheFormOfAReport() throws Exception {
    // given
    Set<String> printed =
        PolicyReportText.lines(report(), "").stream()
            .map(PolicyReportDocTest::form)
            .collect(Collectors.toSet());
    // when
    List<String> documented =
        joined(OutputForm.documented("deploy/local/docs/policy-report.md", "topic  "));
    // then
    assertThat(documented)
        .hasSizeGreaterThan(15)
        .allSatisfy(line -> assertThat(printed).contains(form(line)));
  }

  /** Operations and units may be any. */
  private static String form(String line) {
    return OutputForm.of(
            line.replaceAll("(?<=  )\\d[\\d+-]* (degrees|pixels)", "any")
                .replace("pixels", "degrees"))
        .replaceAll("^(horizontal_flip|rotate|translate) ", "OPERATION ");
  }

  /** A sentence is one line; in the text it goes on, indented, in the next. */
  private static List<String> joined(List<String> lines) {
    List<String> whole = new ArrayList<>();
    for (String line : lines) {
      boolean goesOn = line.startsWith("  ") && Character.isLetter(line.charAt(2));
      whole.add(goesOn ? whole.remove(whole.size() - 1) + " " + line.strip() : line);
    }
    return whole;
  }

  private static PolicyReport report() {
    ShiftTotal none = new ShiftTotal(0, 0, 0);
    ShiftTotal mild = new ShiftTotal(1_000, 970, 40);
    ShiftTotal strong = new ShiftTotal(1_000, 600, 400);
    OperationStrength flip = new OperationStrength("horizontal_flip", "", 0, "any");
    OperationStrength rotate = new OperationStrength("rotate", "degrees", 4, "8-15");
    return new PolicyReport(
        "labeled-views",
        new ComparedStudent("cnn", "6", "ab".repeat(32), "trainer/releases/6"),
        new TreeMap<>(Map.of("abababababababab", 3_000L)),
        List.of(
            new AugmentationRow(OperationStrength.ORIGINAL, 1_000, none, 1_000, 950, mild),
            new AugmentationRow(OperationStrength.AUGMENTED, 1_000, mild, 1_000, 940, mild),
            new AugmentationRow(flip, 1_000, mild, 1_000, 940, mild),
            new AugmentationRow(rotate, 1_000, strong, 1_000, 600, strong)),
        0,
        Collections.emptySortedMap(),
        Collections.emptySortedMap());
  }
}
