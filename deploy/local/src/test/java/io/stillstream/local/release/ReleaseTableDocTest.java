package io.stillstream.local.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.texts.OutputForm;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table in docs/releases.md is what {@code releases list} prints. */
final class ReleaseTableDocTest {

  @Test
  void shouldShowWhatIsPrinted() throws Exception {
    // given
    ReleaseTable table = new ReleaseTable();
    table.add(card(3, "champion", 3000, 0.8995, "02:11", "3f1c09be77a0"), false, false);
    table.add(card(4, "champion", 4000, 0.9040, "05:40", "b7d2c4aa1e55"), true, true);
    table.add(card(5, "challenger", 5000, 0.8810, "09:02", "0c9be1f2d3a4"), false, false);
    // then
    assertThat(OutputForm.documented("deploy/local/docs/releases.md", "student  "))
        .containsExactlyElementsOf(table.lines());
  }

  private static ModelCard card(
      int version, String alias, long step, double accuracy, String time, String sha256) {
    return new ModelCard(
        "cnn",
        "classification",
        version,
        alias,
        "student.pt",
        sha256,
        null,
        step,
        4 * step,
        "labeled-views",
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        Map.of("held_out_accuracy", accuracy),
        new GateDecision(alias.equals("champion"), "window", 2, 2000, accuracy, 0.9, 0.01),
        Map.of(),
        "2026-11-24T18:" + time + "Z");
  }
}
