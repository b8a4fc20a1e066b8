package io.stillstream.local.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.texts.OutputForm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in docs/releases.md is what {@code releases list} prints. */
final class ReleaseTableDocTest {

  @Test
  void shouldShowWhatIsPrinted() throws Exception {
    // given
    List<ListedRelease> releases =
        List.of(
            release(3, "champion", 3000, 0.8995, "02:11", "3f1c09be77a0"),
            release(4, "champion", 4000, 0.9040, "05:40", "b7d2c4aa1e55"),
            release(5, "challenger", 5000, 0.8810, "09:02", "0c9be1f2d3a4"));
    // then
    assertThat(OutputForm.documented("deploy/local/docs/releases.md", "student  "))
        .containsExactlyElementsOf(ReleaseTable.lines(releases));
  }

  private static ListedRelease release(
      long version, String alias, long step, double score, String time, String sha256) {
    boolean latest = version == 4;
    return new ListedRelease(
        "cnn",
        version,
        alias,
        step,
        "classification",
        score,
        "2026-11-24T18:" + time + "Z",
        sha256,
        latest,
        latest,
        alias.equals("champion") ? "passed" : "failed",
        null,
        null);
  }
}
